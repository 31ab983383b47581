using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// The database file of one module: the connection of its single writer, and connections that only read. Only the owner can read and
/// write the file; SQLite gives the WAL the same mode.
/// </summary>
internal sealed partial class ModuleDatabase : IDisposable
{
    // synchronous: with NORMAL, a power failure can lose positions that subscribers have already moved their checkpoints past.
    // wal_autocheckpoint: with the default of 1000 pages the writer checkpoints too often; higher values cause stalls.
    // secure_delete: erased personal data must not remain in the free pages of the file.
    // temp_store: a savepoint saves the previous content of each page it changes, in a temporary file unless this is MEMORY. Those
    // files received three times as many pages as the log.
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

    private readonly Readers readers;
    private PreparedConnection? writer;
    private FileGuard guard = null!; // Set when the file is opened.
    private StorageFault? loss;
    private bool isSaved;
    private int broken;

    // Without memory statistics SQLite does not take a process-wide lock for each allocation, so the writers of different modules do
    // not wait for each other. The setting must be made before SQLite is first used.
    static ModuleDatabase()
    {
        const int memoryStatistics = 9; // SQLITE_CONFIG_MEMSTATUS of sqlite3.h
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(memoryStatistics, 0);
    }

    /// <summary>Does not touch the file: see <see cref="Open(Action{DbConnection})"/>.</summary>
    public ModuleDatabase(string file)
    {
        File = file;
        readers = new Readers(ConnectionString(file, SqliteOpenMode.ReadOnly));
    }

    /// <summary>Raised once, when the file is found to be damaged or lost and can no longer be used.</summary>
    public event Action<StorageFault>? Broke;

    public string File { get; }

    /// <summary>The only connection that writes. Used by one thread at a time: the writer's.</summary>
    /// <exception cref="InvalidOperationException">The file is not open yet.</exception>
    public PreparedConnection Writer =>
        writer ?? throw new InvalidOperationException("The module's file is not open yet: use it when the module has started.");

    public bool IsOpen => writer is not null;

    /// <summary>Identifies this log. Another file has another epoch; a copy of this file has the same one.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>
    /// The last position of the event log that is known to be committed. The log sets it after each commit. A file with a lower last
    /// position was set back.
    /// </summary>
    public long LastPosition { get; set; }

    /// <summary>Whether the file and its WAL are still those that were opened, and not shorter. Safe on any thread.</summary>
    public bool IsInPlace =>
        loss is null && guard.LookAtFile(_ => Wholeness.CutOff) is null && guard.LookAtLog(_ => Wholeness.CutOff) is null;

    /// <summary>The length of the write-ahead log at its last check, in bytes. Each commit checks it.</summary>
    public long LogLength => guard.LogLength;

    /// <summary>
    /// Whether a log existed when the file was opened, for example after a crash. It may contain erased data. A regular stop leaves no
    /// log, unless another program has the file open.
    /// </summary>
    public bool HadLog { get; private set; }

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
            HadLog = new FileInfo($"{File}-wal") is { Exists: true, Length: > 0 };
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

    /// <summary>
    /// Copies the write-ahead log into the file, so that the next commit writes from the start of the log. Called by the writer.
    /// </summary>
    /// <param name="timeout">How long to wait for readers that still use the log.</param>
    /// <param name="truncate">Whether to truncate the log as well, so that no data stays in it.</param>
    /// <returns>
    /// Null on success. Otherwise the number of frames that could be copied, because a reader or another program still uses the log.
    /// </returns>
    /// <exception cref="SqliteException">The disk returned an error.</exception>
    public int? TryEmptyLog(TimeSpan timeout, bool truncate)
    {
        var mode = truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_RESTART;
        int result,
            copied;
        try
        {
            if (timeout > TimeSpan.Zero)
            {
                readers.HoldBack(timeout);
            }
            guard.ExpectShorterLog();
            raw.sqlite3_busy_timeout(Writer.Handle, (int)timeout.TotalMilliseconds);
            result = raw.sqlite3_wal_checkpoint_v2(Writer.Handle, "main", mode, out _, out copied);
        }
        finally
        {
            raw.sqlite3_busy_timeout(Writer.Handle, 0); // Commands have their own time-out: see LockTimeoutSeconds.
            readers.LetGo();
        }
        guard.LookAtLog(_ => Wholeness.Unknown);
        if (result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return copied;
        }
        SqliteException.ThrowExceptionForRC(result, Writer.Handle);
        return null;
    }

    /// <summary>Opens a connection that cannot write and never waits for the writer.</summary>
    /// <exception cref="StorageException">The file cannot be opened.</exception>
    public Reader OpenReader()
    {
        try
        {
            _ = Writer; // A reader must not open the file before the writer has checked it.
            return readers.Open();
        }
        catch (SqliteException e) when (SqliteErrors.TellsOfFile(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>Reads with a connection that cannot write.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public T Read<T>(Func<PreparedConnection, T> read)
    {
        using var reader = OpenReader();
        try
        {
            return read(reader.Connection);
        }
        catch (SqliteException e) when (SqliteErrors.TellsOfFile(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>
    /// Converts an exception that comes from this file to a <see cref="StorageException"/>. Raises <see cref="Broke"/> if the file is
    /// damaged.
    /// </summary>
    public StorageException Failed(Exception exception) =>
        exception is StorageException known && known.Database == this
            ? known
            : Failed(SqliteErrors.FaultOf(exception) ?? StorageFault.NotWritten("the transaction was lost"), exception);

    /// <summary>The exception for the writer's last statement that failed because of the file; null when none did.</summary>
    public StorageException? FailureOfStatement => Writer.FileFailure is { } failure ? Failed(failure) : null;

    /// <summary>The exception for a known fault. Raises <see cref="Broke"/> if the fault cannot pass by itself.</summary>
    public StorageException Failed(StorageFault fault, Exception? cause = null)
    {
        if (!fault.MayPassByItself)
        {
            Break(fault);
        }
        return new StorageException(fault, cause) { Database = this };
    }

    /// <summary>
    /// Converts an exception of code that used a connection of this file. It is attributed to the file only if the connection reports
    /// the same error, because the code may use other databases or throw any exception.
    /// </summary>
    public Exception Failed(Exception exception, PreparedConnection connection)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is StorageException known && known.Database == this)
            {
                return known; // Read inside the code, and converted already.
            }
            if (cause is SqliteException sqlite && connection.FailedWith(sqlite))
            {
                return SqliteErrors.IsDuplicate(sqlite) ? new ConflictException("It exists already.", exception)
                    : SqliteErrors.TellsOfFile(sqlite) ? Failed(exception: sqlite)
                    : exception;
            }
        }
        return exception;
    }

    public void Dispose()
    {
        if (writer is null || writer.State == System.Data.ConnectionState.Closed)
        {
            return; // Not opened, or closed before. The log was removed when the connection was closed.
        }
        RescueIfLost();
        // A log that was put in place with another file belongs to that file, and may hold data that the file needs.
        var isLogOfAnother = guard.LookAtLog(_ => Wholeness.Unknown) == FileLoss.Replaced;
        readers.Dispose();
        writer.Dispose();
        if (isSaved && !isLogOfAnother)
        {
            // SQLite does not delete the log of a file that is not in place, or a log that was truncated. The next file with this name
            // would then contain its pages.
            System.IO.File.Delete($"{File}-wal");
            System.IO.File.Delete($"{File}-shm");
        }
    }

    /// <summary>
    /// Closes the readers at once, and the writer's connection when the writing task has ended: a unit that still runs
    /// would reopen it otherwise.
    /// </summary>
    public void DisposeAfter(Task writing)
    {
        if (writing.IsCompleted)
        {
            Dispose();
            return;
        }
        readers.Dispose();
        _ = writing.ContinueWith(_ => Writer.Dispose(), TaskScheduler.Default);
    }

    private void Break(StorageFault fault)
    {
        if (Interlocked.Exchange(ref broken, 1) == 0)
        {
            Broke?.Invoke(fault);
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
