using System.Data.Common;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// What is known about a module's file from earlier starts: its mark, and how far other modules have read its log. A module that owns
/// data does not start with a new file if one of these shows that it had a file before.
/// </summary>
internal sealed partial class FileHistory(string file, ModuleDescriptor module)
{
    private readonly LogMark mark = new(file);

    /// <summary>Whether the file exists, or something in its directory shows that it did and was not moved to another process.</summary>
    public bool IsKnown =>
        File.Exists(file)
        || !DepartedNote.IsFor(file)
            && (
                mark.Exists
                || ModuleLock.WasTaken(file)
                // Earlier builds have no locks for each module.
                || module.OwnsData && !ModuleLock.AnyBeside(file) && Readers(epoch: null) is not null
            );

    /// <summary>Must run before the file is opened, because opening creates a missing file.</summary>
    /// <exception cref="StorageException">The file is missing, but existed before.</exception>
    public void CheckPresence()
    {
        // A log without its file is refused when the file is opened.
        if (!module.OwnsData || File.Exists(file) || new FileInfo($"{file}-wal") is { Exists: true, Length: > 0 })
        {
            return;
        }
        if (DepartedNote.ReadFor(file) is { } process)
        {
            throw new StorageException(
                StorageFault.Lasting(
                    $"The module was moved to process '{process}'.",
                    $"Start the shop with its topology, or move the module back: modularshop move {module.Name} --to NAME. "
                        + $"If its file is lost there: put a backup of it here{StorageFault.ThenRestart}"
                )
            );
        }
        if ((mark.Exists ? $"{mark.Name} says that there was one" : Readers(epoch: null)) is { } known)
        {
            throw new StorageException(
                StorageFault.Lasting(
                    $"The file is missing, but {known}.",
                    $"Put the file or a backup of it back in its place{StorageFault.ThenRestart} {Accept("To begin without what it held")}"
                )
            );
        }
    }

    /// <summary>Must run before the file is changed, so that an older build can still read a file that is refused.</summary>
    /// <param name="accept">Whether a different file than before is accepted.</param>
    /// <exception cref="StorageException">The file is a different one than before, or was emptied.</exception>
    public void Check(DbConnection connection, bool accept)
    {
        var (known, epoch) = (mark.Epoch, KernelSchema.Epoch(connection));
        // Accepting applies to a different file only. A file with the known epoch is checked as usual.
        if (module.OwnsData && !(accept && known != epoch))
        {
            CheckOrigin(connection, known, epoch);
        }
        MigrationHistory.Check(connection, module.Migrations, isKnown: known == epoch && mark.Migration is not null);
    }

    private void CheckOrigin(DbConnection connection, string? known, string epoch)
    {
        // A file whose log other modules have read was this module's file before, and needs no confirmation.
        if (known is not null && known != epoch && Readers(epoch) is null)
        {
            throw new StorageException(
                StorageFault.Lasting(
                    $"The file is another one than before: its log has the epoch {epoch}, {mark.Name} has {known}.",
                    "Move it, and the -wal and -shm files beside it, to another directory. Put the right file or a backup of it in its place"
                        + $"{StorageFault.ThenRestart} "
                        + Accept("If it is the right one")
                )
            );
        }
        // Without a mark, any reader counts, as the file may be new. With a mark, only readers of this log count.
        if (KernelSchema.LastPosition(connection) == 0 && Readers(known is null ? null : epoch) is { } readers)
        {
            throw new StorageException(
                StorageFault.Lasting(
                    $"The file was emptied, or its write-ahead log was taken away: {readers}, which is ahead of the log of '{module.Name}'.",
                    "If its -wal file was taken away, put that back beside it and restart the module. "
                        + $"Otherwise: {StorageFault.PutBackupInPlace}{StorageFault.ThenRestart} "
                        + Accept("To begin without what it held, leave its place empty and accept that")
                )
            );
        }
    }

    /// <summary>
    /// Records that the module has this file now, and its newest migration. If the mark cannot be written, the module starts anyway,
    /// and the next start tries again.
    /// </summary>
    public void Remember(ModuleDatabase database, ILogger<FileHistory> logger)
    {
        var migration = MigrationHistory.In(database.Writer) is [.., var newest] ? newest : null;
        if (mark.Epoch == database.Epoch && mark.Migration == migration)
        {
            return;
        }
        try
        {
            mark.Write(database.Epoch, migration);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotMarked(logger, e, mark.Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Mark} could not be written; the next start of the module tries again")]
    private static partial void LogNotMarked(ILogger logger, Exception exception, string mark);

    private string Accept(string when) => $"{when}: POST /admin/v1/modules/{module.Name}/accept.";

    /// <summary>The modules that have read this module's log, and how far; null when there are none.</summary>
    private string? Readers(string? epoch)
    {
        var directory = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(directory))
        {
            return null;
        }
        var read = Directory
            .GetFiles(directory, $"*{DataDirectory.FileExtension}")
            .Where(other => other != file)
            .Order(StringComparer.Ordinal)
            .SelectMany(other => CheckpointsIn(other).Select(checkpoint => (Reader: Path.GetFileNameWithoutExtension(other), checkpoint)))
            .Where(found => found.checkpoint.Source == module.Name && found.checkpoint.Position > 0)
            .Where(found => epoch is null || found.checkpoint.Epoch == epoch)
            .Select(found => $"{found.Reader} has read up to position {found.checkpoint.Position} of it")
            .ToList();
        return read is [] ? null : string.Join(", ", read);
    }

    private static IReadOnlyList<Checkpoint> CheckpointsIn(string other)
    {
        // SQLite would treat an empty file as a new one, and delete its log.
        if (new FileInfo(other).Length == 0)
        {
            return [];
        }
        try
        {
            using var connection = OtherFile.OpenReadOnly(other);
            // The files of an older build contain the same checkpoints.
            return KernelSchema.Version(connection) is >= 1 and <= KernelSchema.Current ? Checkpoints.Read(connection) : [];
        }
        catch (DbException)
        {
            return []; // An unreadable file provides no information. Its own module reports what is wrong with it.
        }
    }
}
