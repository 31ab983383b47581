using System.Data.Common;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>Verifies one module's file, alone and against the files of other modules.</summary>
internal static class FileVerification
{
    /// <summary>Verifies the file and its log. Returns the file if others can be verified against it, otherwise null.</summary>
    public static FileSnapshot? Open(string path, IReadOnlyList<ModuleDescriptor> modules, List<Finding> findings)
    {
        var subject = $"file {Path.GetFileName(path)}";
        FileSnapshot? file = null;
        try
        {
            file = FileSnapshot.Of(path);
            if (Integrity(file) is { } damage)
            {
                throw new BackupException(damage);
            }
        }
        catch (Exception e) when (e is BackupException or DbException)
        {
            file?.Dispose();
            findings.Add(Finding.Failed(subject, e.Message, Cure.PutFileBack, Path.GetFileNameWithoutExtension(path)));
            return null;
        }
        if (!HasKnownTables(file, subject, modules, findings))
        {
            file.Dispose();
            return null;
        }
        Log(file, findings);
        DeadLetters(file, findings);
        return file;
    }

    /// <summary>Verifies that each module that has had a file still has the same one.</summary>
    /// <param name="files">The files that exist, or are already reported as missing.</param>
    public static void Marks(
        string directory,
        IReadOnlyList<string> files,
        IReadOnlyDictionary<string, FileSnapshot> sound,
        IReadOnlyList<ModuleDescriptor> modules,
        List<Finding> findings
    )
    {
        foreach (var path in LogMark.PathsIn(directory))
        {
            var module = Path.GetFileNameWithoutExtension(path);
            var file = Path.ChangeExtension(path, DataDirectory.FileExtension);
            var mark = new LogMark(file);
            if (modules.Any(known => known.Name == module && !known.OwnsData))
            {
                continue; // The module fills its file again from events, so a lost file is not a problem.
            }
            if (!files.Contains(file))
            {
                findings.Add(
                    Finding.Failed(
                        $"file {Path.GetFileName(file)}",
                        $"It is missing, but {mark.Name} says that there was one.",
                        Cure.PutFileBack,
                        module
                    )
                );
            }
            else if (sound.GetValueOrDefault(module) is { } found && mark.Epoch is { } epoch && epoch != found.Log.Epoch)
            {
                findings.Add(
                    Finding.Failed(
                        $"file {found.Name}",
                        $"It is another one than before: its log has the epoch {found.Log.Epoch}, {mark.Name} has {epoch}.",
                        Cure.AcceptOrPutFileBack,
                        module
                    )
                );
            }
        }
    }

    /// <summary>
    /// Verifies a module's checkpoints against the logs of its sources. Returns whether all of them match and the logs can be replayed.
    /// </summary>
    public static bool Checkpoints(
        FileSnapshot file,
        IReadOnlyDictionary<string, FileSnapshot> sound,
        string directory,
        List<Finding> findings
    )
    {
        var fit = true;
        foreach (var checkpoint in file.Checkpoints())
        {
            var source = sound.GetValueOrDefault(checkpoint.Source);
            var finding = Fit(checkpoint, file.Module, source, directory);
            findings.Add(finding);
            fit &= finding.Level == FindingLevel.Ok && source?.Log.Gap is null;
        }
        return fit;
    }

    private static Finding Fit(Checkpoint checkpoint, string subscriber, FileSnapshot? source, string directory)
    {
        var subject = $"checkpoint {subscriber} <- {checkpoint.Source}";
        if (source is null)
        {
            var path = Path.Combine(directory, checkpoint.Source + DataDirectory.FileExtension);
            return Finding.Failed(
                subject,
                File.Exists(path)
                    ? $"The file of {checkpoint.Source} cannot be read; see there."
                    : $"There is no file of {checkpoint.Source}, of which {checkpoint.Position} events were read.",
                Cure.PutFileBack,
                checkpoint.Source
            );
        }
        var log = source.Log;
        return checkpoint.Mismatch(log) is { } mismatch
            ? Finding.Failed(subject, mismatch, Cure.PutSourceBack, subscriber)
            : Finding.Ok(subject, $"At position {checkpoint.Position} of {log.LastPosition}.");
    }

    private static bool HasKnownTables(FileSnapshot file, string subject, IReadOnlyList<ModuleDescriptor> modules, List<Finding> findings)
    {
        if (KernelSchema.Lack(file.Connection) is { } lack)
        {
            findings.Add(Finding.Failed(subject, $"It cannot be used: {lack}.", Cure.PutFileBack, file.Module));
            return false;
        }
        if (NewerFiles.WhatIsNewer(file, modules) is { } newer)
        {
            findings.Add(Finding.Failed(subject, $"It has {newer}.", Cure.UseNewerBuild, file.Module));
            return false;
        }
        findings.Add(Finding.Ok(subject, "Intact."));
        return true;
    }

    private static void Log(FileSnapshot file, List<Finding> findings)
    {
        var subject = $"log of {file.Module}";
        var log = file.Log;
        if (log.Gap is { } gap)
        {
            findings.Add(
                Finding.Failed(
                    subject,
                    $"There is no event at position {gap}, though positions up to {log.LastPosition} were given out.",
                    Cure.PutFileBack,
                    file.Module
                )
            );
            return;
        }
        var text = log.LastPosition == 0 ? "No event yet." : $"Events 1 to {log.LastPosition}, without a gap.";
        findings.Add(Finding.Ok(subject, text));
    }

    private static void DeadLetters(FileSnapshot file, List<Finding> findings)
    {
        var (dead, parked) = Events.DeadLetters.Count(file.Connection, source: null);
        if (dead + parked > 0)
        {
            findings.Add(
                Finding.Warning(
                    $"dead letters of {file.Module}",
                    $"{dead} dead, {parked} parked behind them: these events have not taken effect.",
                    Cure.SettleDeadLetters,
                    file.Module
                )
            );
        }
    }

    private static string? Integrity(FileSnapshot file)
    {
        var found = (string)file.Connection.Scalar("PRAGMA integrity_check(1)")!;
        return found == "ok" ? null : found;
    }
}
