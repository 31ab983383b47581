using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>
/// Backs up the running modules into a directory of this machine. The answer is one JSON object per line: progress, and at the end the
/// manifest or an error. Without either of them, there is no backup.
/// </summary>
internal static class BackupRoutes
{
    public static void MapBackups(this RouteGroupBuilder admin) => admin.MapPost("/backups", Take);

    private static async Task Take(
        Body body,
        DataDirectory data,
        ModuleSupervisors modules,
        KnownModules known,
        Placement placement,
        IServiceProvider services,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        HttpContext http
    )
    {
        if (string.IsNullOrWhiteSpace(body.Directory) || !Path.IsPathFullyQualified(body.Directory))
        {
            throw new BadRequestException("Name a directory by its full path.", "directory");
        }
        // The backup is cancelled when the caller disconnects.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.ContentType = "application/x-ndjson";
        await http.Response.Body.FlushAsync(ending.Token);
        try
        {
            var (holds, expected) = Parts(data, modules, known, placement, services.GetService<ProcessBus>());
            var manifest = await Backup.Take(data, holds, expected, body.Directory, clock, progress => Say(new(progress)), ending.Token);
            // Included here, as the caller may not be able to read the directory, or may see another one under the same path.
            await Say(new(Manifest: manifest, Newer: NewerFiles.In(body.Directory, expected)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Say(new(Error: e.Message));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller has disconnected or the process ends. The answer has no manifest, which shows that there is no backup.
        }

        async Task Say(Line line)
        {
            await http.Response.WriteAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web) + "\n", ending.Token);
            await http.Response.Body.FlushAsync(ending.Token);
        }
    }

    // Without a topology, the directory may have files of modules that do not run. With one, it may have files of other processes.
    private static (IReadOnlyList<HoldFiles> Holds, IReadOnlyList<ModuleDescriptor> Expected) Parts(
        DataDirectory data,
        ModuleSupervisors modules,
        KnownModules known,
        Placement placement,
        ProcessBus? bus
    )
    {
        var running = modules.All;
        if (bus is null)
        {
            return ([ct => HeldFiles.Hold(FileSnapshot.FilesIn(data.Path), running, ct)], [.. running.Select(module => module.Descriptor)]);
        }
        var files = running.Select(module => module.File).Where(File.Exists).ToList();
        return (
            [
                ct => HeldFiles.Hold(files, running, ct),
                .. placement
                    .Others.Where(process => process.Modules.Count > 0)
                    .Select<PlacedProcess, HoldFiles>(process => ct => FilesElsewhere.Hold(bus, process, ct)),
            ],
            known.All
        );
    }

    private sealed record Body(string? Directory);

    private sealed record Line(
        WorkProgress? Progress = null,
        BackupManifest? Manifest = null,
        string? Error = null,
        IReadOnlyList<string>? Newer = null
    );
}
