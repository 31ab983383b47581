using Microsoft.Extensions.Configuration;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>Verifies the files of a data directory that no process holds, or of a backup. Does not change them.</summary>
/// <param name="modules">The modules of this build.</param>
/// <param name="configuration">The configuration for modules whose read copies are recomputed; null to skip the recomputation.</param>
public sealed class Verification(IReadOnlyList<ModuleSource> modules, IConfiguration? configuration, ReportProgress report)
{
    private readonly IReadOnlyList<ModuleDescriptor> known = [.. modules.Select(source => source.Descriptor)];

    /// <exception cref="DirectoryInUseException">A running process holds the directory.</exception>
    public async Task<IReadOnlyList<Finding>> OfData(string directory, CancellationToken ct)
    {
        using var held = DataDirectory.Hold(directory);
        return await OfFiles(held.Path, [], [], ct);
    }

    /// <exception cref="BackupException">The directory is not a backup that this build can read.</exception>
    public async Task<IReadOnlyList<Finding>> OfBackup(string directory, CancellationToken ct)
    {
        directory = RealPath.Of(directory);
        var manifest = BackupManifest.Read(directory);
        var findings = new List<Finding>();
        foreach (var file in manifest.Files)
        {
            findings.Add(await OfBytes(file, directory, ct));
        }
        findings.AddRange(
            (manifest.Gaps ?? []).Select(gap =>
                Finding.Failed($"backup {gap.Name}", $"It could not be backed up: {gap.Reason}", Cure.UseAnotherBackup, module: null)
            )
        );
        var added = FileSnapshot.FilesIn(directory).Select(Path.GetFileName).Except(manifest.Files.Select(file => file.Name));
        findings.AddRange(
            added.Select(name => Finding.Failed($"backup {name}", "It is not in the manifest.", Cure.UseAnotherBackup, module: null))
        );
        return await OfFiles(directory, findings, manifest.Gaps ?? [], ct);
    }

    private static async Task<Finding> OfBytes(BackupFile file, string directory, CancellationToken ct)
    {
        var subject = $"backup {file.Name}";
        var path = Path.Combine(directory, file.Name);
        if (!File.Exists(path))
        {
            return Finding.Failed(subject, "It is missing.", Cure.UseAnotherBackup, module: null);
        }
        await using var content = File.OpenRead(path);
        return await file.Difference(content, ct) is { } difference
            ? Finding.Failed(subject, difference, Cure.UseAnotherBackup, module: null)
            : Finding.Ok(subject, $"{file.Size:N0} bytes, as they were backed up.");
    }

    private async Task<IReadOnlyList<Finding>> OfFiles(
        string directory,
        List<Finding> findings,
        IReadOnlyList<BackupGap> gaps,
        CancellationToken ct
    )
    {
        var sound = new Dictionary<string, FileSnapshot>();
        try
        {
            var files = FileSnapshot.FilesIn(directory);
            if (files.Count == 0 && findings.Count == 0)
            {
                findings.Add(
                    Finding.Failed("files", $"There is no file of a module in {directory}.", Cure.NameAnotherDirectory, module: null)
                );
            }
            for (var i = 0; i < files.Count; i++)
            {
                await report(new WorkProgress(Path.GetFileName(files[i]), i, files.Count));
                if (FileVerification.Open(files[i], known, findings) is { } file)
                {
                    sound.Add(file.Module, file);
                }
            }
            FileVerification.Marks(directory, [.. files, .. gaps.Select(gap => Path.Combine(directory, gap.Name))], sound, known, findings);
            var fitting = sound.Values.Where(file => FileVerification.Checkpoints(file, sound, directory, findings)).ToList();
            if (configuration is not null)
            {
                await Recompute(fitting, sound, findings, ct);
            }
            return findings;
        }
        finally
        {
            foreach (var file in sound.Values)
            {
                file.Dispose();
            }
        }
    }

    private async Task Recompute(
        List<FileSnapshot> fitting,
        Dictionary<string, FileSnapshot> sound,
        List<Finding> findings,
        CancellationToken ct
    )
    {
        foreach (var source in modules.Where(source => source.Descriptor.ListensTo.Count > 0 && sound.ContainsKey(source.Descriptor.Name)))
        {
            var module = source.Descriptor;
            var subject = $"read copies of {module.Name}";
            if (sound[module.Name].Checkpoints().FirstOrDefault(c => c.Position < c.FilledAt) is { } filling)
            {
                findings.Add(
                    Finding.Warning(subject, $"Not recomputed: what was read of {filling.Source} is being replayed, and is not whole yet.")
                );
            }
            else if (!module.IsRebuildable)
            {
                findings.Add(Finding.Warning(subject, "Not recomputed: the module does not declare what it got from events."));
            }
            else if (!fitting.Contains(sound[module.Name]))
            {
                findings.Add(
                    Finding.Warning(subject, "Not recomputed: a log does not fit the module's checkpoints, or has a gap; see above.")
                );
            }
            else
            {
                findings.AddRange(await Recompute(source, subject, sound, ct));
            }
        }
    }

    private async Task<IReadOnlyList<Finding>> Recompute(
        ModuleSource source,
        string subject,
        Dictionary<string, FileSnapshot> sound,
        CancellationToken ct
    )
    {
        try
        {
            using var recomputation = new Recomputation(source, sound, configuration!, report);
            return await recomputation.Run(subject, ct);
        }
        catch (TimeoutException e)
        {
            return [Finding.Failed(subject, e.Message, Cure.None, source.Descriptor.Name)];
        }
        // The files themselves were verified before, so their copies could not be written or read.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || StorageFault.Of(e) is not null)
        {
            return
            [
                Finding.Failed(
                    subject,
                    $"Not recomputed, as the copies in {Path.GetTempPath()} could not be used: {StorageFault.Of(e)?.Reason ?? e.Message}",
                    Cure.MakeRoomForTemporaryFiles,
                    source.Descriptor.Name
                ),
            ];
        }
    }
}
