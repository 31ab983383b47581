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
    private readonly Readers readers;
    private PreparedConnection? writer;
    private FileGuard guard = null!; // Set when the file is opened.
    private StorageFault? loss;
    private bool isSaved;

    /// <summary>Does not touch the file: see <see cref="Open(Action{DbConnection})"/>.</summary>
    public ModuleDatabase(string file)
    {
        File = file;
        readers = new Readers(ConnectionString(file, SqliteOpenMode.ReadOnly));
    }

    public string File { get; }

    /// <summary>The only connection that writes. Used by one thread at a time: the one that has the writer's turn.</summary>
    /// <exception cref="InvalidOperationException">The file is not open yet.</exception>
    public PreparedConnection Writer =>
        writer ?? throw new InvalidOperationException("The module's file is not open yet: use it when the module has started.");

    public bool IsOpen => writer is not null;

    /// <summary>Identifies this event log. Another file has another epoch; a copy of this file has the same one.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>
    /// The last position of the event log that is known to be committed. The event log sets it after each commit. A file with a lower last
    /// position was set back.
    /// </summary>
    public long LastPosition { get; set; }

    /// <summary>Whether the file and its WAL are still those that were opened, and not shorter. Safe on any thread.</summary>
    public bool IsInPlace =>
        loss is null && guard.LookAtFile(_ => Wholeness.CutOff) is null && guard.LookAtWal(_ => Wholeness.CutOff) is null;

    /// <summary>The length of the write-ahead log at its last check, in bytes. Each commit checks it.</summary>
    public long WalLength => guard.WalLength;

    /// <summary>
    /// Whether a WAL existed when the file was opened, for example after a crash. It may contain erased data. A regular stop leaves no
    /// WAL, unless another program has the file open.
    /// </summary>
    public bool HadWal { get; private set; }

    /// <summary>
    /// Copies the write-ahead log into the file, so that the next commit writes from the start of the WAL. Called by the writer.
    /// </summary>
    /// <param name="timeout">How long to wait for readers that still use the WAL.</param>
    /// <param name="truncate">Whether to truncate the WAL as well, so that no data stays in it.</param>
    /// <returns>
    /// Null on success. Otherwise the number of frames that could be copied, because a reader or another program still uses the WAL.
    /// </returns>
    /// <exception cref="SqliteException">The disk returned an error.</exception>
    public int? TryEmptyWal(TimeSpan timeout, bool truncate)
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
            guard.ExpectShorterWal();
            raw.sqlite3_busy_timeout(Writer.Handle, (int)timeout.TotalMilliseconds);
            result = raw.sqlite3_wal_checkpoint_v2(Writer.Handle, "main", mode, out _, out copied);
        }
        finally
        {
            raw.sqlite3_busy_timeout(Writer.Handle, 0); // Commands have their own time-out: see LockTimeoutSeconds.
            readers.LetGo();
        }
        guard.LookAtWal(_ => Wholeness.Unknown);
        if (result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return copied;
        }
        SqliteException.ThrowExceptionForRC(result, Writer.Handle);
        return null;
    }

    /// <summary>The memory of the page caches of readers that are not in use now. The writer's is not in it.</summary>
    public long ReaderCacheBytes => readers.CacheBytes;

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

    public void Dispose()
    {
        if (writer is null || writer.State == System.Data.ConnectionState.Closed)
        {
            return; // Not opened, or closed before. The WAL was removed when the connection was closed.
        }
        RescueIfLost();
        // A WAL that was put in place with another file belongs to that file, and may hold data that the file needs.
        var isWalOfAnother = guard.LookAtWal(_ => Wholeness.Unknown) == FileLoss.Replaced;
        readers.Dispose();
        writer.Dispose();
        CloseCopies();
        if (isSaved && !isWalOfAnother)
        {
            // SQLite does not delete the WAL of a file that is not in place, or a WAL that was truncated. The next file with this name
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
        _ = writing.ContinueWith(
            _ =>
            {
                Writer.Dispose();
                CloseCopies();
            },
            TaskScheduler.Default
        );
    }
}
