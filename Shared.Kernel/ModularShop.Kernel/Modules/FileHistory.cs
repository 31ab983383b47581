using System.Data.Common;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// What is known of a module's file from before its start: its mark, and how far other modules have read its log. A module
/// that owns data does not begin anew while any of them knows of a file that is not there.
/// </summary>
internal sealed partial class FileHistory(string file, Module module)
{
    private readonly LogMark mark = new(file);

    /// <summary>Before the file is opened, and made if it is missing.</summary>
    /// <exception cref="StorageException">There was one.</exception>
    public void CheckPresence()
    {
        // A log without its file is refused when the file is opened.
        if (!module.OwnsData || File.Exists(file) || new FileInfo($"{file}-wal") is { Exists: true, Length: > 0 })
        {
            return;
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

    /// <summary>Before the file is changed: an older build can still read one that is refused.</summary>
    /// <param name="accept">Whether another file than the one before is accepted.</param>
    /// <exception cref="StorageException">It is another one than before, or was emptied.</exception>
    public void Check(DbConnection connection, bool accept)
    {
        var (known, epoch) = (mark.Epoch, KernelSchema.Epoch(connection));
        // A person accepts another file than before. One with the epoch of before is checked as usual.
        if (module.OwnsData && !(accept && known != epoch))
        {
            CheckOrigin(connection, known, epoch);
        }
        MigrationHistory.Check(connection, module.Migrations(), isKnown: known == epoch && mark.Migration is not null);
    }

    private void CheckOrigin(DbConnection connection, string? known, string epoch)
    {
        // A file whose log other modules have read was the module's own before, so it is accepted without a question.
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
        // Without a mark any reader counts, as the file may have been begun anew; with one only those who have read this log.
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
    /// Notes that the module has this file now, and how far it is migrated. Where the mark cannot be written, the module
    /// starts all the same, and its next start tries again.
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

    /// <summary>Who has read the module's log, and how far; null when nobody has.</summary>
    private string? Readers(string? epoch)
    {
        var read = Directory
            .GetFiles(Path.GetDirectoryName(file)!, $"*{DataDirectory.FileExtension}")
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
        // SQLite would take an empty file for a new one, and delete the log beside it.
        if (new FileInfo(other).Length == 0)
        {
            return [];
        }
        try
        {
            using var connection = OtherFile.OpenReadOnly(other);
            // Those of an older build tell as much.
            return KernelSchema.Version(connection) is >= 1 and <= KernelSchema.Current ? Checkpoints.Read(connection) : [];
        }
        catch (DbException)
        {
            return []; // A file that cannot be read tells nothing; what is wrong with it, its own module says.
        }
    }
}
