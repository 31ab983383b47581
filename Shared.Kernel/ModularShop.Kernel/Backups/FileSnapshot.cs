using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using SQLitePCL;

namespace ModularShop.Kernel.Backups;

/// <summary>A read-only view of a module's file as of one moment, independent of later writes.</summary>
internal sealed class FileSnapshot : IDisposable
{
    // Progress is reported, and cancellation is checked, between two steps.
    private const int PagesPerStep = 2048;

    private FileSnapshot(string file, SqliteConnection connection)
    {
        File = file;
        Connection = connection;
    }

    public string File { get; }

    public string Name => Path.GetFileName(File);

    public string Module => Path.GetFileNameWithoutExtension(File);

    public SqliteConnection Connection { get; }

    /// <summary>The modules' files in a directory, sorted by name.</summary>
    public static IReadOnlyList<string> FilesIn(string directory) =>
        [.. Directory.GetFiles(directory, $"*{DataDirectory.FileExtension}").Order(StringComparer.Ordinal)];

    /// <exception cref="UnreadableFileException">SQLite cannot read the file.</exception>
    /// <exception cref="BackupException">Another program currently prevents reading it.</exception>
    public static FileSnapshot Of(string file)
    {
        var name = Path.GetFileName(file);
        if (new FileInfo(file).Length == 0)
        {
            throw new UnreadableFileException(name, "It is empty.");
        }
        var readOnly = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        var connection = new SqliteConnection(readOnly.ToString());
        try
        {
            connection.Open();
            // A read transaction sees the file as it was at its first read.
            connection.Execute("BEGIN; SELECT count(*) FROM sqlite_master");
            return new FileSnapshot(file, connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteErrors.IsBusy(e)
                ? new BackupException($"{name} cannot be read: {e.Message}", e)
                : new UnreadableFileException(name, e.Message, e);
        }
    }

    public ModuleLog Log => field ??= new(this);

    public IReadOnlyList<Checkpoint> Checkpoints() => Events.Checkpoints.Read(Connection);

    /// <summary>Whether it is a complete module file and not one that is just being created.</summary>
    public bool HasKernelTables() => KernelSchema.Version(Connection) > 0;

    /// <summary>Copies the snapshot into an empty file with SQLite's online backup. The copy needs no WAL.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read.</exception>
    /// <exception cref="BackupException">The copy cannot be written.</exception>
    public async Task CopyTo(string target, Func<long, long, Task> report, CancellationToken ct)
    {
        try
        {
            using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString());
            copy.Open();
            await CopyPages(copy, report, ct);
            copy.Execute("PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException e)
        {
            throw IsReadable()
                ? new BackupException($"{Name} cannot be copied: {e.Message}", e)
                : new UnreadableFileException(Name, e.Message, e);
        }
    }

    public void Dispose() => Connection.Dispose();

    // SQLite does not report whether the source or the target failed.
    private bool IsReadable()
    {
        try
        {
            return Connection.Scalar("PRAGMA quick_check(1)") is "ok";
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private async Task CopyPages(SqliteConnection copy, Func<long, long, Task> report, CancellationToken ct)
    {
        using var backup = raw.sqlite3_backup_init(copy.Handle, "main", Connection.Handle, "main");
        if (backup.IsInvalid)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(copy.Handle), copy.Handle);
        }
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var result = raw.sqlite3_backup_step(backup, PagesPerStep);
            if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            {
                SqliteException.ThrowExceptionForRC(result, copy.Handle);
            }
            var total = raw.sqlite3_backup_pagecount(backup);
            await report(total - raw.sqlite3_backup_remaining(backup), total);
            if (result == raw.SQLITE_DONE)
            {
                return;
            }
        }
    }
}
