using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Operations;

/// <summary>
/// Takes a backup of the running modules into a directory of this machine. The answer is one JSON object a line: how
/// far it is, then the manifest or an error. An answer without either is no backup.
/// </summary>
internal static class BackupRoutes
{
    public static void MapBackups(this RouteGroupBuilder admin) => admin.MapPost("/backups", Take);

    private static async Task Take(
        Body body,
        DataDirectory data,
        ModuleSupervisors modules,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        HttpContext http
    )
    {
        if (string.IsNullOrWhiteSpace(body.Directory) || !Path.IsPathFullyQualified(body.Directory))
        {
            throw new BadRequestException("Name a directory by its full path.", "directory");
        }
        // Whoever hangs up wants no backup any more.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.ContentType = "application/x-ndjson";
        await http.Response.Body.FlushAsync(ending.Token);
        try
        {
            var known = modules.All.Select(host => host.Module).ToList();
            var manifest = await Backup.Take(data, modules.All, known, body.Directory, clock, progress => Say(new(progress)), ending.Token);
            // Whoever asks may not be allowed to look into the backup, or see another directory there.
            await Say(new(Manifest: manifest, Newer: NewerFiles.In(body.Directory, known)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Say(new(Error: e.Message));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Nobody is left to be told, or the process ends; then the answer without a manifest says so.
        }

        async Task Say(Line line)
        {
            await http.Response.WriteAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web) + "\n", ending.Token);
            await http.Response.Body.FlushAsync(ending.Token);
        }
    }

    private sealed record Body(string? Directory);

    private sealed record Line(
        WorkProgress? Progress = null,
        BackupManifest? Manifest = null,
        string? Error = null,
        IReadOnlyList<string>? Newer = null
    );
}
