using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// A module's one file: the connection of its single writer, and read-only connections beside it. The file is
/// readable and writable by its owner only; SQLite gives the same mode to the WAL beside it.
/// </summary>
internal sealed partial class ModuleDatabase : IDisposable
{
    // synchronous: with NORMAL a power cut can lose positions that subscribers have checkpointed past.
    // wal_autocheckpoint: by default, 1000 pages, the writer checkpoints too often; more gives stalls.
    // secure_delete: whoever is erased is not to be found in the free space of the file either.
    // temp_store: each savepoint keeps the pages that it changes as they were, in a temporary file if not in memory:
    // three times as many pages were written to that as to the log.
    // cache_size: 8 MB; by default, 2 MB, what a group changes falls out of the cache before it is committed.
    internal const string WriterSettings = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA secure_delete = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -8000;
        """;

    // How long SQLite waits for another program's lock. It blocks its thread, and 30 s is what it would take by itself.
    private const int LockTimeoutSeconds = 2;

    private readonly Readers readers;
    private readonly FileGuard guard;
    private StorageFault? loss;
    private bool isSaved;
    private int broken;

    // Without its statistics of memory, SQLite takes no lock of the whole process for each piece that it allocates, and the
    // writers of two modules do not wait for each other. It can be set before SQLite is first used; later it stays as it is.
    static ModuleDatabase()
    {
        const int memoryStatistics = 9; // SQLITE_CONFIG_MEMSTATUS of sqlite3.h
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(memoryStatistics, 0);
    }

    private ModuleDatabase(string file, PreparedConnection writer)
    {
        File = file;
        Writer = writer;
        Epoch = KernelSchema.Epoch(writer);
        pageSize = (long)writer.Scalar("PRAGMA page_size")!;
        foreignCommits = ForeignCommitsAtOpen();
        guard = new FileGuard(file);
        readers = new Readers(ConnectionString(file, SqliteOpenMode.ReadOnly));
    }

    /// <summary>Raised once, when the file turns out to be damaged or lost and is of no use any more.</summary>
    public event Action<StorageFault>? Broke;

    public string File { get; }

    /// <summary>The only connection that writes. Used by one thread at a time: the writer's.</summary>
    public PreparedConnection Writer { get; }

    /// <summary>Identifies this log: another file has another epoch. A copy of this file has the same.</summary>
    public string Epoch { get; }

    /// <summary>
    /// The last position of the event log that is known to be committed. A file that has fewer was set back. Set by the log after
    /// each commit.
    /// </summary>
    public long LastPosition { get; set; }

    /// <summary>Whether the file and its WAL are still those that were opened, and no shorter. Safe on any thread.</summary>
    public bool IsInPlace =>
        loss is null && guard.LookAtFile(_ => Wholeness.CutOff) is null && guard.LookAtLog(_ => Wholeness.CutOff) is null;

    /// <summary>How long the write-ahead log was when it was last looked at, which is at each commit.</summary>
    public long LogLength => guard.LogLength;

    /// <summary>
    /// Whether there was a log when the file was opened, as after a crash: erased data may stand in it. A regular stop leaves
    /// none, unless another program has the file open.
    /// </summary>
    public bool HadLog { get; private init; }

    /// <param name="check">Looks at the file before its tables are upgraded, and throws when it is not to be used.</param>
    /// <exception cref="StorageException">The file cannot be opened, created or written, or something is missing of it.</exception>
    public static ModuleDatabase Open(string file, Action<DbConnection>? check = null)
    {
        try
        {
            Prepare(file);
            var hadLog = new FileInfo($"{file}-wal") is { Exists: true, Length: > 0 };
            var writer = OpenWriter(file, mustHaveTables: true);
            try
            {
                // Another program's lock is met here, and not at each attempt in the middle of a migration.
                writer.Execute("BEGIN IMMEDIATE; COMMIT");
                KernelSchema.RefuseNewer(writer);
                check?.Invoke(writer);
                KernelSchema.Apply(writer);
                return new ModuleDatabase(file, writer) { HadLog = hadLog };
            }
            catch
            {
                writer.Dispose();
                throw;
            }
        }
        catch (SqliteException e) when (SqliteErrors.FaultOf(e) is { } fault)
        {
            throw new StorageException(fault, e);
        }
    }

    /// <summary>Copies the write-ahead log into the file, so that the next commit begins it anew. Called by the writer.</summary>
    /// <param name="timeout">How long to wait for readers that still need it.</param>
    /// <param name="truncate">Whether to cut it off too, so that nothing is left in it.</param>
    /// <returns>Null when it is done; else how many of its frames could be copied, as a reader or another program is in the way.</returns>
    /// <exception cref="SqliteException">The disk refused.</exception>
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
            raw.sqlite3_busy_timeout(Writer.Handle, 0); // Commands have a time-out of their own: see LockTimeoutSeconds.
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

    /// <summary>A connection that cannot write and never waits for the writer.</summary>
    /// <exception cref="StorageException">The file cannot be opened.</exception>
    public Reader OpenReader()
    {
        try
        {
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

    /// <summary>What a caller can act on in place of an exception that comes from this file. Damage to it is made known.</summary>
    public StorageException Failed(Exception exception) =>
        exception is StorageException known && known.Database == this
            ? known
            : Failed(SqliteErrors.FaultOf(exception) ?? StorageFault.NotWritten("the transaction was lost"), exception);

    /// <summary>The same of the last statement of the writer that failed because of the file; null when none has.</summary>
    public StorageException? FailureOfStatement => Writer.FileFailure is { } failure ? Failed(failure) : null;

    /// <summary>The same where the fault is known.</summary>
    public StorageException Failed(StorageFault fault, Exception? cause = null)
    {
        if (!fault.MayPassByItself)
        {
            Break(fault);
        }
        return new StorageException(fault, cause) { Database = this };
    }

    /// <summary>
    /// What a caller can act on in place of an exception of whatever ran on a connection of this file. It is taken to tell of
    /// the file only when the connection says so: code may use other databases, and throws what it likes.
    /// </summary>
    public Exception Failed(Exception exception, PreparedConnection connection)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is StorageException known && known.Database == this)
            {
                return known; // Read within the code, and told already.
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
        if (Writer.State == System.Data.ConnectionState.Closed)
        {
            return; // The log is gone because it was closed.
        }
        RescueIfLost();
        // A log that came with another file belongs to that file, and may hold what that file needs.
        var isLogOfAnother = guard.LookAtLog(_ => Wholeness.Unknown) == FileLoss.Replaced;
        readers.Dispose();
        Writer.Dispose();
        if (isSaved && !isLogOfAnother)
        {
            // SQLite does not delete the log of a file that is not in place, or of one that was cut off. Its pages would get into
            // the next file of that name.
            System.IO.File.Delete($"{File}-wal");
            System.IO.File.Delete($"{File}-shm");
        }
    }

    /// <summary>Closes the readers now, the writer's connection once nobody writes any more: closed earlier, it would be opened again.</summary>
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
            // SQLite opens what it may not write, for reading, and would make a WAL beside it that may not be written either.
            if (writer.IsReadOnly)
            {
                throw new StorageException(StorageFault.ReadOnly("it was opened for reading only"));
            }
            // A file gets its name once it has its tables, so that one without them is no new one.
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

    // Not pooled: those that stay open keep more than a pool would.
    private static string ConnectionString(string file, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = LockTimeoutSeconds,
        }.ToString();
}
