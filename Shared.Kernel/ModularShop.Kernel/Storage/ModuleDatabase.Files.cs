using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>Creates the module's file, and rescues its content when the file is lost while the module runs.</summary>
internal sealed partial class ModuleDatabase
{
    /// <summary>
    /// Checks the file and its WAL. Returns null while both are in place, otherwise the reason why nothing may be written any more. The
    /// first time a loss is detected, the module's data is rescued: a removed or replaced WAL is checkpointed into the file, and a lost
    /// file is copied under another name. If the fault may pass by itself, all data is in the file. Called by the writer.
    /// </summary>
    public StorageFault? RescueIfLost()
    {
        if (loss is null)
        {
            loss =
                guard.LookAtFile(FileOf) is { } ofFile ? Save("The file", ofFile)
                : guard.LookAtWal(LogOf) is not { } ofLog ? null
                : ofLog is FileLoss.Removed or FileLoss.Replaced && TryMoveLogIntoFile()
                    ? new StorageFault(
                        $"The write-ahead log was {Verb(ofLog)}.",
                        "Nothing is lost; the module starts again by itself.",
                        MayPassByItself: true
                    )
                : Save("The write-ahead log", ofLog);
            if (loss is not null)
            {
                Break(loss);
            }
        }
        return loss;
    }

    // A new file gets its name only when it is complete, so an existing empty file is damaged.
    private static void Prepare(string file)
    {
        var found = new FileInfo(file);
        var log = new FileInfo($"{file}-wal");
        if (found is { Exists: true, Length: 0 })
        {
            throw new StorageException(StorageFault.Damaged("it is empty"));
        }
        if (!found.Exists && log is { Exists: true, Length: > 0 })
        {
            // SQLite would delete the WAL.
            throw new StorageException(StorageFault.WalAlone);
        }
        if (!found.Exists)
        {
            Create(file);
        }
        else if (!OperatingSystem.IsWindows())
        {
            GiveModeOf(found, log, new FileInfo($"{file}-shm"));
        }
    }

    // A program that read the file while it was read-only has created these files with the mode that the file had then.
    [UnsupportedOSPlatform("windows")]
    private static void GiveModeOf(FileInfo file, params IReadOnlyList<FileInfo> besides)
    {
        foreach (var beside in besides.Where(beside => beside.Exists && beside.UnixFileMode != file.UnixFileMode))
        {
            try
            {
                beside.UnixFileMode = file.UnixFileMode;
            }
            catch (UnauthorizedAccessException)
            {
                // Another user owns it. Opening the file then fails with the reason.
            }
        }
    }

    private static void Create(string file)
    {
        var unfinished = $"{file}.new";
        try
        {
            foreach (var left in new[] { unfinished, $"{unfinished}-journal", $"{unfinished}-wal", $"{unfinished}-shm" })
            {
                System.IO.File.Delete(left);
            }
            OwnerOnly.Open(unfinished, FileMode.CreateNew).Dispose();
            using (var writer = OpenWriter(unfinished, mustHaveTables: false))
            {
                KernelSchema.Apply(writer);
            }
            System.IO.File.Move(unfinished, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system's message contains the path, which must not be shown.
            throw new StorageException(StorageFault.NotOpened("it cannot be created"), e);
        }
    }

    private bool TryMoveLogIntoFile()
    {
        try
        {
            using var checkpoint = Writer.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
            using var row = checkpoint.ExecuteReader();
            return row.Read() && row.GetInt64(0) == 0 && row.GetInt64(1) == row.GetInt64(2);
        }
        catch (SqliteException)
        {
            return false; // The caller then saves a copy instead.
        }
    }

    private StorageFault Save(string what, FileLoss lost)
    {
        if (lost == FileLoss.SetBack)
        {
            return StorageFault.Lasting(
                "The file was set back to an earlier state while the module ran.",
                $"If that was meant, restart the module. Otherwise: {StorageFault.PutBackupInPlace}, one that is newer"
                    + $" than that state{StorageFault.ThenRestart}"
            );
        }
        var copy = CopyName();
        var failure = TryCopyTo(copy);
        var name = Path.GetFileName(copy);
        isSaved = failure is null;
        return StorageFault.Lasting(
            $"{what} was {Verb(lost)} while the module ran. "
                + (isSaved ? $"What the module held was saved to {name}." : $"What the module held could not be saved: {failure}"),
            isSaved
                ? $"Move what stands in the file's place to another directory, with the -wal and -shm files beside it. "
                    + $"Put {name} in the file's place{StorageFault.ThenRestart}"
                : $"{StorageFault.PutBackupInPlace}{StorageFault.ThenRestart}"
        );
    }

    /// <returns>Why the copy failed; null on success.</returns>
    private string? TryCopyTo(string copy)
    {
        try
        {
            OwnerOnly.Open(copy, FileMode.CreateNew).Dispose();
            using var target = new SqliteConnection(ConnectionString(copy, SqliteOpenMode.ReadWrite));
            target.Open();
            Writer.BackupDatabase(target);
            var found = (string)target.Scalar("PRAGMA quick_check(1)")!;
            return found == "ok" ? null : $"the copy is incomplete ({found}).";
        }
        catch (SqliteException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a copy cannot be written.";
        }
    }

    private string CopyName() =>
        Enumerable
            .Range(1, int.MaxValue)
            .Select(n => Path.ChangeExtension(File, $".rescued-{n}.db"))
            .First(name => !System.IO.File.Exists(name));

    private static string Verb(FileLoss loss) =>
        loss switch
        {
            FileLoss.Removed => "removed",
            FileLoss.Replaced => "replaced",
            _ => "cut off",
        };
}
