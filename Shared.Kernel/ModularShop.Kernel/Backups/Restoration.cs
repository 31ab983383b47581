using System.Globalization;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Backups;

/// <summary>
/// Replaces a data directory with a backup. The files are first copied beside it and checked byte for byte, then the directories are
/// renamed. Logs keep their epochs: checkpoints contain the id of their event and therefore still match.
/// </summary>
public static class Restoration
{
    /// <param name="force">Whether existing data is moved aside. Nothing is ever deleted.</param>
    /// <param name="modules">The modules of this build, which must know the contents of the files.</param>
    /// <returns>Where existing data was moved to; null when there was none.</returns>
    /// <exception cref="DirectoryInUseException">A process holds the target.</exception>
    /// <exception cref="DataExistsException">The target contains data, and <paramref name="force"/> is false.</exception>
    /// <exception cref="BackupException">
    /// The backup does not match its manifest or lacks a module's file, or one of the directories lies within the other.
    /// </exception>
    public static Task<string?> Run(
        string backup,
        string target,
        bool force,
        TimeProvider clock,
        ReportProgress report,
        CancellationToken ct,
        IReadOnlyList<ModuleDescriptor>? modules = null
    ) => Run(backup, target, force, incomplete: false, clock, report, ct, modules);

    /// <param name="force">Whether existing data is moved aside. Nothing is ever deleted.</param>
    /// <param name="incomplete">
    /// Whether a backup that lacks files may be restored. A module that owns data then does not start: the mark of its file prevents it
    /// or, if the backup has no mark, an empty file in its place. Otherwise it would start with a new log and assign positions that
    /// others have already read. A module that owns no data fills a new file.
    /// </param>
    /// <inheritdoc cref="Run(string, string, bool, TimeProvider, ReportProgress, CancellationToken, IReadOnlyList{ModuleDescriptor})"/>
    public static async Task<string?> Run(
        string backup,
        string target,
        bool force,
        bool incomplete,
        TimeProvider clock,
        ReportProgress report,
        CancellationToken ct,
        IReadOnlyList<ModuleDescriptor>? modules = null
    )
    {
        backup = RealPath.Of(backup);
        var manifest = BackupManifest.Read(backup);
        if (manifest.Gaps is { Count: > 0 } gaps && !incomplete)
        {
            throw new IncompleteBackupException(backup, gaps);
        }
        // A link is kept: the directory that it leads to is replaced.
        var place = RealPath.Of(target);
        if (RealPath.IsWithin(backup, place) || RealPath.IsWithin(place, backup))
        {
            throw new BackupException(
                $"The backup {backup} and the data directory {place} lie in each other; restore to another directory."
            );
        }
        if (File.Exists(place))
        {
            throw new BackupException($"{target} is a file; a data directory is expected.");
        }
        using var held = Directory.Exists(place) ? DataDirectory.Hold(place) : null;
        var hasData = held?.HasFiles() is true;
        if (hasData && !force)
        {
            throw new DataExistsException(target);
        }
        using var directory = NewDirectory.Beside(place);
        foreach (var file in manifest.Files)
        {
            await Copy(file, backup, directory, report, ct);
        }
        if (NewerFiles.In(directory.Path, modules ?? []) is [var newer, ..])
        {
            throw new BackupException($"{newer} Restore it with that build, or a newer one; nothing was restored.");
        }
        foreach (var gap in manifest.Gaps ?? [])
        {
            // With a mark, the module detects the missing file and reports more details.
            var mark = Path.ChangeExtension(gap.Name, LogMark.Extension);
            if (BackupGap.FillsItself(gap.Name, modules ?? []) || manifest.Files.Any(file => file.Name == mark))
            {
                continue;
            }
            await directory.Create(gap.Name).DisposeAsync();
        }
        if (held is null)
        {
            directory.Complete();
            return null;
        }
        // Persons who were erased after the backup must be erased again.
        foreach (var ledger in ErasureLedger.PathsIn(place))
        {
            await using var copy = directory.Create(Path.GetFileName(ledger));
            await using var known = File.OpenRead(ledger);
            await known.CopyToAsync(copy, ct);
            copy.Flush(flushToDisk: true);
        }
        var aside = $"{place}.before-restore-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}";
        Directory.Move(place, aside);
        try
        {
            directory.Complete();
        }
        catch
        {
            Directory.Move(aside, place);
            throw;
        }
        if (hasData)
        {
            return aside;
        }
        Directory.Delete(aside, recursive: true);
        return null;
    }

    private static async Task Copy(BackupFile file, string backup, NewDirectory directory, ReportProgress report, CancellationToken ct)
    {
        await report(new WorkProgress(file.Name, 0, file.Size));
        var source = Path.Combine(backup, file.Name);
        if (!File.Exists(source))
        {
            throw new BackupException($"The backup {backup} lacks {file.Name}.");
        }
        await using var copy = directory.Create(file.Name);
        await using (var content = File.OpenRead(source))
        {
            await content.CopyToAsync(copy, ct);
        }
        // Checks the copy and not the source, so that nothing can change between the check and the copy.
        if (await file.Difference(copy, ct) is { } difference)
        {
            throw new BackupException($"{file.Name} in {backup} is damaged, and nothing was restored. {difference}");
        }
        copy.Flush(flushToDisk: true);
        await report(new WorkProgress(file.Name, file.Size, file.Size));
    }
}

/// <summary>The target directory contains data already.</summary>
public sealed class DataExistsException(string directory) : BackupException($"{directory} holds data already.");
