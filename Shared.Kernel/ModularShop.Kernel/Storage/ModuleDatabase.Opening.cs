using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Storage;

/// <summary>How the file and its connections are opened, and with which settings.</summary>
internal sealed partial class ModuleDatabase
{
    // synchronous: with NORMAL, a power failure can lose positions that subscribers have already moved their checkpoints past.
    // wal_autocheckpoint: with the default of 1000 pages the writer checkpoints too often; higher values cause stalls.
    // secure_delete: erased personal data must not remain in the free pages of the file.
    // temp_store: a savepoint saves the previous content of each page it changes, in a temporary file unless this is MEMORY. On disk,
    // these files received three times as many pages as the WAL.
    // cache_size: 8 MB. With the default of 2 MB, the changes of a group are evicted from the cache before the commit.
    internal const string WriterSettings = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA secure_delete = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -8000;
        """;

    // The time that SQLite waits for another program's lock, which blocks the thread. The default is 30 s.
    private const int LockTimeoutSeconds = 2;

    // Without memory statistics SQLite does not take a process-wide lock for each allocation, so the writers of different modules do
    // not wait for each other. The setting must be made before SQLite is first used.
    static ModuleDatabase()
    {
        const int memoryStatistics = 9; // SQLITE_CONFIG_MEMSTATUS of sqlite3.h
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(memoryStatistics, 0);
    }

    /// <param name="check">Inspects the file before its tables are upgraded. Throws if the file must not be used.</param>
    /// <exception cref="StorageException">The file cannot be opened, created or written, or tables are missing in it.</exception>
    public static ModuleDatabase Open(string file, Action<DbConnection>? check = null)
    {
        var database = new ModuleDatabase(file);
        database.Open(check);
        return database;
    }

    /// <summary>Opens the file and the writer's connection. Only one instance may have the file open at a time.</summary>
    /// <inheritdoc cref="Open(string, Action{DbConnection})"/>
    public void Open(Action<DbConnection>? check)
    {
        try
        {
            Prepare(File);
            HadWal = new FileInfo($"{File}-wal") is { Exists: true, Length: > 0 };
            var opened = OpenWriter(File, mustHaveTables: true);
            try
            {
                // Fails here, once, if another program holds a lock, instead of in the middle of a migration.
                opened.Execute("BEGIN IMMEDIATE; COMMIT");
                KernelSchema.RefuseNewer(opened);
                check?.Invoke(opened);
                KernelSchema.Apply(opened);
                writer = opened;
                Epoch = KernelSchema.Epoch(opened);
                pageSize = (long)opened.Scalar("PRAGMA page_size")!;
                foreignCommits = ForeignCommitsAtOpen();
                guard = new FileGuard(File);
            }
            catch
            {
                writer = null;
                opened.Dispose();
                throw;
            }
        }
        catch (SqliteException e) when (SqliteErrors.FaultOf(e) is { } fault)
        {
            throw new StorageException(fault, e);
        }
    }

    private static PreparedConnection OpenWriter(string file, bool mustHaveTables)
    {
        var writer = new PreparedConnection(ConnectionString(file, SqliteOpenMode.ReadWrite));
        try
        {
            writer.Open();
            // SQLite opens a write-protected file for reading, and would then create a write-protected WAL beside it.
            if (writer.IsReadOnly)
            {
                throw new StorageException(StorageFault.ReadOnly("it was opened for reading only"));
            }
            // A file gets its name only when it has its tables. A file without them is therefore not a new one, but damaged.
            if (mustHaveTables && KernelSchema.Lack(writer) is { } lack)
            {
                throw new StorageException(StorageFault.Damaged(lack));
            }
            writer.Execute(WriterSettings);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    // Pooling is off: the connections are kept open here, with their prepared statements, which a pool would drop.
    private static string ConnectionString(string file, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = LockTimeoutSeconds,
        }.ToString();
}
