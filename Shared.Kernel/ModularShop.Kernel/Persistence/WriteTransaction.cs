using System.Data.Common;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>The writer's transaction as a unit of work sees it: the unit's own part of the group.</summary>
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
        // Refuses commits by anyone but the writer: after SQLite rolls back on its own, the connection is in autocommit mode, and
        // each later statement of the unit would be committed.
        database.Writer.AskBeforeCommit(() => committing);
    }

    public DbConnection Connection => database.Writer;

    /// <summary>False after SQLite itself has ended the transaction, for example after a full disk or an I/O error.</summary>
    public bool IsOpen => database.Writer.IsInTransaction;

    /// <summary>Whether the transaction erased personal data, which must then be removed from the write-ahead log too.</summary>
    public bool HasErased { get; private set; }

    /// <summary>
    /// Why the changes of the unit that has just run cannot be kept; null when they can. A deferred foreign key that refers to a
    /// missing row would make the commit fail for the whole group.
    /// </summary>
    public Exception? Objection =>
        !IsOpen ? LostBy(new InvalidOperationException("The transaction ended within its unit of work."))
        : database.Writer.HasOpenReferences ? new InvalidOperationException("A row refers to another row that does not exist.")
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

    /// <summary>Begins a savepoint. Savepoints nest; each ends with <see cref="Release"/> or <see cref="RollBack"/>.</summary>
    public void Save()
    {
        save.ExecuteNonQuery();
        foreach (var participant in participants)
        {
            participant.Save();
        }
    }

    /// <summary>Keeps the changes since the last savepoint, as part of the surrounding savepoint or transaction.</summary>
    public void Release()
    {
        release.ExecuteNonQuery();
        foreach (var participant in participants)
        {
            participant.Release();
        }
    }

    /// <summary>Undoes the changes since the last savepoint.</summary>
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
    /// Begins a unit of the group, which ends with <see cref="KeepUnit"/> or <see cref="UndoUnit"/>. The first unit has no savepoint,
    /// as there are no earlier changes to keep. A savepoint is expensive for many rows: it saves the previous content of each changed
    /// page, and SQLite goes through all of them after each statement that changes several rows.
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

    /// <exception cref="StorageException">The file is no longer in its place, or the disk failed during the commit.</exception>
    public void Commit()
    {
        committing = true;
        try
        {
            commit.ExecuteNonQuery();
        }
        catch (DbException e) when (SqliteErrors.IsIoError(e))
        {
            // All changes may be in the WAL. The next start would find them there, unless another transaction overwrites them first.
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

    /// <summary>Makes the writer empty the write-ahead log after the commit.</summary>
    public void MarkErasure() => HasErased = true;

    /// <summary>The limit of the write-ahead log that this transaction writes to.</summary>
    public WalLimit Limit(WriterOptions options, TimeProvider clock) => new(database, options, clock);

    /// <summary>Writes a row without changing its content, to find out whether the file can be written.</summary>
    public void WriteSomething()
    {
        // Not an UPDATE: SQLite skips it when the value is the same.
        using var write = database.Writer.Command("REPLACE INTO kernel_meta SELECT name, value FROM kernel_meta WHERE name = 'schema'");
        write.ExecuteNonQuery();
    }

    /// <summary>
    /// Converts an exception of a unit. It must be called before the connection is used again. A <see cref="StorageException"/> with a
    /// database is a failure of the file; any other exception is the unit's own failure.
    /// </summary>
    public Exception Failed(Exception exception) => IsOpen ? database.Failed(exception, database.Writer) : LostBy(exception);

    /// <summary>Converts an exception of the writer's own use of the file.</summary>
    public StorageException WriterFailed(Exception exception) => database.Failed(exception);

    // If a statement failed because of the file, that is the reason why SQLite ended the transaction, whatever the unit threw later.
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

    /// <summary>Interrupts the running statement, if any. Safe on any thread.</summary>
    public void Interrupt() => database.Writer.Interrupt();

    /// <summary>
    /// Rolls back, and refuses all later writes through this connection. Safe on any thread, as SQLite serializes the use of a
    /// connection.
    /// </summary>
    public void Seal()
    {
        // The interrupt is for a statement that is still running. It is delayed, because while a result set is open it would also stop
        // the two statements that Seal runs.
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
