using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Persistence;

/// <summary>The writer's transaction as a unit of work sees it: its own part of the group.</summary>
internal sealed class WriteTransaction : IDisposable
{
    private static readonly TimeSpan SealPatience = TimeSpan.FromMilliseconds(100);

    private readonly ModuleDatabase database;
    private readonly EventLog log;
    private readonly FaultPoints faults;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand rollback;
    private readonly SqliteCommand save;
    private readonly SqliteCommand release;
    private readonly SqliteCommand rollbackToSavepoint;
    private readonly List<Envelope> appended = [];
    private bool committing;

    public WriteTransaction(ModuleDatabase database, EventLog log, FaultPoints faults)
    {
        this.database = database;
        this.log = log;
        this.faults = faults;
        begin = Command(database, "BEGIN IMMEDIATE");
        commit = Command(database, "COMMIT");
        rollback = Command(database, "ROLLBACK");
        save = Command(database, "SAVEPOINT unit");
        release = Command(database, "RELEASE unit");
        rollbackToSavepoint = Command(database, "ROLLBACK TO unit");
        // Veto commits by anyone but the writer: after SQLite rolls back on its own, the connection is in autocommit mode, and
        // each later statement of the unit would be committed.
        SQLitePCL.raw.sqlite3_commit_hook(database.Writer.Handle, _ => committing ? 0 : 1, null);
    }

    public SqliteConnection Connection => database.Writer;

    /// <summary>False once SQLite itself has ended the transaction, after a full disk or an I/O error.</summary>
    public bool IsOpen => SQLitePCL.raw.sqlite3_get_autocommit(database.Writer.Handle) == 0;

    /// <summary>Whether something was erased in it, of which nothing is to be left in the write-ahead log either.</summary>
    public bool HasErased { get; private set; }

    /// <summary>
    /// Why nothing of the unit that has just run can be kept; null when it can. A foreign key that is left open would fail at
    /// the commit, and take those down who share it.
    /// </summary>
    public Exception? Objection =>
        !IsOpen ? LostBy(new InvalidOperationException("The transaction ended within its unit of work."))
        : HasOpenReferences ? new InvalidOperationException("A row is left that refers to one which is not there.")
        : null;

    private bool HasOpenReferences
    {
        get
        {
            const int deferredForeignKeys = 10; // SQLITE_DBSTATUS_DEFERRED_FKS of sqlite3.h
            return SQLitePCL.raw.sqlite3_db_status(database.Writer.Handle, deferredForeignKeys, out var open, out _, 0) == 0 && open != 0;
        }
    }

    public Envelope Append(Envelope draft)
    {
        faults.Reach(FaultPoint.BeforeAppend);
        var envelope = log.Append(draft);
        appended.Add(envelope);
        faults.Reach(FaultPoint.AfterAppend);
        return envelope;
    }

    public void Begin()
    {
        appended.Clear();
        HasErased = false;
        if (database.FindLoss(log.LastPosition) is { } loss)
        {
            throw database.Failed(loss);
        }
        database.Writer.FileFailure = null;
        begin.ExecuteNonQuery();
    }

    /// <summary>Marks a place to roll back to. Savepoints nest; each is ended by <see cref="Release"/> or <see cref="RollbackTo"/>.</summary>
    public Savepoint Save()
    {
        save.ExecuteNonQuery();
        return new Savepoint(appended.Count);
    }

    public void Release() => release.ExecuteNonQuery();

    public void RollbackTo(Savepoint savepoint)
    {
        rollbackToSavepoint.ExecuteNonQuery();
        release.ExecuteNonQuery();
        appended.RemoveRange(savepoint.Appended, appended.Count - savepoint.Appended);
    }

    /// <summary>
    /// Begins a unit of the group, to be ended by <see cref="KeepUnit"/> or <see cref="UndoUnit"/>. Before the first there is
    /// nothing to keep, so that it has no savepoint: one holds every page that is changed in it as it was, and SQLite walks
    /// through all of them at the end of each statement that changes several rows.
    /// </summary>
    public Savepoint? BeginUnit(bool isFirst) => isFirst ? null : Save();

    public void KeepUnit(Savepoint? unit)
    {
        if (Objection is { } objection)
        {
            throw objection;
        }
        if (unit is not null)
        {
            Release();
        }
    }

    public void UndoUnit(Savepoint? unit)
    {
        if (unit is { } savepoint)
        {
            RollbackTo(savepoint);
            return;
        }
        Rollback();
        Begin();
    }

    /// <exception cref="StorageException">It was written to a file that is no longer in its place, or the disk failed meanwhile.</exception>
    public void Commit()
    {
        committing = true;
        try
        {
            commit.ExecuteNonQuery();
        }
        catch (SqliteException e) when (SqliteErrors.IsIoError(e))
        {
            // All of it may be in the log. A restart would find it there, unless the next transaction overwrites it.
            throw new StorageException(SqliteErrors.FaultOf(e)!, e) { Database = database, MayBeKept = true };
        }
        finally
        {
            committing = false;
        }
        if (database.FindLoss(log.LastPosition) is { Passes: false } loss)
        {
            throw new StorageException(loss) { Database = database, MayBeKept = true };
        }
    }

    /// <summary>Makes the writer empty the write-ahead log when the transaction is committed.</summary>
    public void MarkErasure() => HasErased = true;

    /// <summary>The limit of the write-ahead log that this transaction is written to.</summary>
    public WalLimit Limit(WriterOptions options, TimeProvider clock) => new(database, options, clock);

    /// <summary>A change that changes nothing, to see whether the file can be written.</summary>
    public void WriteSomething()
    {
        // An update to the same value would write nothing at all: SQLite compares first.
        using var write = Command(database, "REPLACE INTO kernel_meta SELECT name, value FROM kernel_meta WHERE name = 'schema'");
        write.ExecuteNonQuery();
    }

    /// <summary>
    /// What a caller can act on in place of an exception of a unit; to be asked before anything else is done with the
    /// connection. A <see cref="StorageException"/> that has a database is the file's fault, anything else the unit's.
    /// </summary>
    public Exception Failed(Exception exception) => IsOpen ? database.Failed(exception, database.Writer) : LostBy(exception);

    /// <summary>The same for what the writer itself does with the file.</summary>
    public StorageException WriterFailed(Exception exception) => database.Failed(exception);

    // If a statement failed because of the file, that is why SQLite ended the transaction, whatever the unit threw later.
    private Exception LostBy(Exception exception) =>
        database.Writer.FileFailure is { } ofFile ? database.Failed(ofFile) : database.Failed(exception, database.Writer);

    /// <summary>Hands the events of the committed transaction to their subscribers.</summary>
    public void PublishCommitted()
    {
        if (appended.Count > 0)
        {
            log.Committed(appended);
        }
    }

    public void Rollback()
    {
        if (IsOpen)
        {
            rollback.ExecuteNonQuery();
        }
    }

    /// <summary>Ends the statement that is running, if any. Safe on any thread.</summary>
    public void Interrupt() => SQLitePCL.raw.sqlite3_interrupt(database.Writer.Handle);

    /// <summary>
    /// Rolls back, and lets nothing be written through this connection any more, whoever holds it. Safe on any thread, as
    /// SQLite serialises what is done with one connection.
    /// </summary>
    public void Seal()
    {
        // The interrupt is meant for a statement that is still running. Sent at once, it would interrupt the two statements
        // below instead, as long as a result set is open.
        using var patience = new CancellationTokenSource(SealPatience);
        using var _ = patience.Token.UnsafeRegister(static running => ((WriteTransaction)running!).Interrupt(), this);
        SQLitePCL.raw.sqlite3_exec(database.Writer.Handle, "PRAGMA query_only = ON");
        SQLitePCL.raw.sqlite3_exec(database.Writer.Handle, "ROLLBACK");
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[begin, commit, rollback, save, release, rollbackToSavepoint])
        {
            command.Dispose();
        }
    }

    private static SqliteCommand Command(ModuleDatabase database, string sql)
    {
        var command = database.Writer.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    internal readonly record struct Savepoint(int Appended);
}
