using System.CommandLine;
using System.Text.Json;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary><c>backup</c>: copies all modules' files as of one moment, from a running or a stopped shop.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("directory") { Description = "Where the backup goes: a new or empty directory." };
        var json = ShopCommands.Json();
        var command = new Command("backup", "Copy all modules' files as they are at one moment, while the shop runs.") { target, json };
        var options = new ShopOptions(command);
        command.SetAction(
            async (parse, ct) =>
            {
                var directory = RealPath.Of(parse.GetRequiredValue(target));
                var (manifest, newer) = await WorkBar.Show(report =>
                    options.Url(parse) is { } url
                        ? OfRunning(url, directory, report, ct)
                        : OfStopped(options.Directory(parse), directory, report, ct)
                );
                foreach (var file in newer)
                {
                    Terminal.Message($"{file} Only that build, or a newer one, can use it.");
                }
                if (parse.GetValue(json))
                {
                    Terminal.Json(manifest);
                }
                else
                {
                    var size = manifest.Files.Sum(file => file.Size);
                    Terminal.Message($"{manifest.Files.Count} files, {size:N0} bytes, as of {manifest.TakenAt:u}, are in {directory}.");
                }
                foreach (var gap in manifest.Gaps ?? [])
                {
                    Terminal.Message($"modularshop: The backup is incomplete, as it has no {gap.Name}: {gap.Reason}");
                }
                return manifest.Gaps is null ? ExitCode.Ok : ExitCode.CheckFailed;
            }
        );
        return command;
    }

    private static async Task<Taken> OfStopped(string data, string directory, ReportProgress report, CancellationToken ct)
    {
        ShopCommands.MustExist(data, "data directory");
        var manifest = await Backup.Take(data, directory, TimeProvider.System, report, ct, ShopModules.Descriptors);
        return new Taken(manifest, NewerFiles.In(directory, ShopModules.Descriptors));
    }

    // The running shop writes the backup, because only it can hold its own modules.
    private static async Task<Taken> OfRunning(string url, string directory, ReportProgress report, CancellationToken ct)
    {
        await using var shop = await ShopConnection.Open(url, data: null, ct);
        using var answer = await shop.Http.PostForLines("/admin/v1/backups", new { directory }, ct);
        while (await answer.ReadLineAsync(ct) is { } text)
        {
            var line = JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web);
            if (line is { Error: { } error })
            {
                throw new CommandFailedException(error);
            }
            if (line is { Manifest: { } manifest })
            {
                return new Taken(manifest, line.Newer ?? []);
            }
            if (line is { Progress: { } progress })
            {
                await report(progress);
            }
        }
        throw new CommandFailedException("The shop ended before the backup was complete; there is none.");
    }

    private sealed record Taken(BackupManifest Manifest, IReadOnlyList<string> Newer);

    private sealed record Line(WorkProgress? Progress, BackupManifest? Manifest, string? Error, IReadOnlyList<string>? Newer);
}
