using System.Data.Common;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>The writer's transaction as a unit of work sees it: its own part of the group.</summary>
internal sealed class WriteTransaction : IDisposable
{
    private static readonly TimeSpan SealTimeout = TimeSpan.FromMilliseconds(100);

    private readonly ModuleDatabase database;
    private readonly ITransactionParticipant[] participants;
    private readonly DbCommand begin;
    private readonly DbCommand commit;
    private readonly DbCommand rollback;
    private readonly DbCommand save;
    private readonly DbCommand release;
    private readonly DbCommand rollbackToSavepoint;
    private bool committing;

    public WriteTransaction(ModuleDatabase database, IEnumerable<ITransactionParticipant> participants)
    {
        this.database = database;
        this.participants = [.. participants];
        begin = database.Writer.Command("BEGIN IMMEDIATE");
        commit = database.Writer.Command("COMMIT");
        rollback = database.Writer.Command("ROLLBACK");
        save = database.Writer.Command("SAVEPOINT unit");
        release = database.Writer.Command("RELEASE unit");
        rollbackToSavepoint = database.Writer.Command("ROLLBACK TO unit");
        // Veto commits by anyone but the writer: after SQLite rolls back on its own, the connection is in autocommit mode, and
        // each later statement of the unit would be committed.
        database.Writer.AskBeforeCommit(() => committing);
    }

    public DbConnection Connection => database.Writer;

    /// <summary>False once SQLite itself has ended the transaction, after a full disk or an I/O error.</summary>
    public bool IsOpen => database.Writer.IsInTransaction;

    /// <summary>Whether something was erased in it, of which nothing is to be left in the write-ahead log either.</summary>
    public bool HasErased { get; private set; }

    /// <summary>
    /// Why nothing of the unit that has just run can be kept; null when it can. A foreign key that is left open would fail at
    /// the commit, and take those down who share it.
    /// </summary>
    public Exception? Objection =>
        !IsOpen ? LostBy(new InvalidOperationException("The transaction ended within its unit of work."))
        : database.Writer.HasOpenReferences ? new InvalidOperationException("A row is left that refers to one which is not there.")
        : null;

    public void Begin()
    {
        HasErased = false;
        foreach (var participant in participants)
        {
            participant.Begin();
        }
        if (database.RescueIfLost() is { } loss)
        {
            throw database.Failed(loss);
        }
        database.Writer.ForgetFailure();
        begin.ExecuteNonQuery();
    }

    /// <summary>Marks a place to roll back to. Savepoints nest; each is ended by <see cref="Release"/> or <see cref="RollBack"/>.</summary>
    public void Save()
    {
        save.ExecuteNonQuery();
        foreach (var participant in participants)
        {
            participant.Save();
        }
    }

    /// <summary>Keeps what was done since the last savepoint, as a part of what is around it.</summary>
    public void Release()
    {
        release.ExecuteNonQuery();
        foreach (var participant in participants)
        {
            participant.Release();
        }
    }

    /// <summary>Undoes what was done since the last savepoint.</summary>
    public void RollBack()
    {
        rollbackToSavepoint.ExecuteNonQuery();
        release.ExecuteNonQuery();
        foreach (var participant in participants)
        {
            participant.RollBack();
        }
    }

    /// <summary>
    /// Begins a unit of the group, to be ended by <see cref="KeepUnit"/> or <see cref="UndoUnit"/>. Before the first there is
    /// nothing to keep, so that it has no savepoint: one holds every page that is changed in it as it was, and SQLite walks
    /// through all of them at the end of each statement that changes several rows.
    /// </summary>
    /// <returns>Whether the unit has a savepoint.</returns>
    public bool BeginUnit(bool isFirst)
    {
        if (!isFirst)
        {
            Save();
        }
        return !isFirst;
    }

    public void KeepUnit(bool hasSavepoint)
    {
        if (Objection is { } objection)
        {
            throw objection;
        }
        if (hasSavepoint)
        {
            Release();
        }
    }

    public void UndoUnit(bool hasSavepoint)
    {
        if (hasSavepoint)
        {
            RollBack();
            return;
        }
        RollBackAll();
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
        catch (DbException e) when (SqliteErrors.IsIoError(e))
        {
            // All of it may be in the log. A restart would find it there, unless the next transaction overwrites it.
            throw new StorageException(SqliteErrors.FaultOf(e)!, e) { Database = database, OutcomeIsUnknown = true };
        }
        finally
        {
            committing = false;
        }
        if (database.RescueIfLost() is { MayPassByItself: false } loss)
        {
            throw new StorageException(loss) { Database = database, OutcomeIsUnknown = true };
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
        using var write = database.Writer.Command("REPLACE INTO kernel_meta SELECT name, value FROM kernel_meta WHERE name = 'schema'");
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
    private Exception LostBy(Exception exception) => database.FailureOfStatement ?? database.Failed(exception, database.Writer);

    /// <summary>Tells the participants that the transaction is on disk.</summary>
    public void TellCommitted()
    {
        foreach (var participant in participants)
        {
            participant.Committed();
        }
    }

    public void RollBackAll()
    {
        if (IsOpen)
        {
            rollback.ExecuteNonQuery();
        }
    }

    /// <summary>Ends the statement that is running, if any. Safe on any thread.</summary>
    public void Interrupt() => database.Writer.Interrupt();

    /// <summary>
    /// Rolls back, and lets nothing be written through this connection any more, whoever holds it. Safe on any thread, as
    /// SQLite serialises what is done with one connection.
    /// </summary>
    public void Seal()
    {
        // The interrupt is meant for a statement that is still running. Sent at once, it would interrupt the two statements
        // below instead, as long as a result set is open.
        using var timeout = new CancellationTokenSource(SealTimeout);
        using var _ = timeout.Token.UnsafeRegister(static running => ((WriteTransaction)running!).Interrupt(), this);
        database.Writer.Seal();
    }

    public void Dispose()
    {
        foreach (var command in (DbCommand[])[begin, commit, rollback, save, release, rollbackToSavepoint])
        {
            command.Dispose();
        }
    }
}
