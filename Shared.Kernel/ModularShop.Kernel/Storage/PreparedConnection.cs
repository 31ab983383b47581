using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// A connection that keeps its statements prepared. Commands are made anew for each execution, by EF Core above all, and
/// SQLite would parse and plan their SQL each time. Used by one thread at a time.
/// </summary>
internal sealed class PreparedConnection(string connectionString) : SqliteConnection(connectionString)
{
    // Bounds the memory where SQL varies, as that of a search does with the number of its words.
    private const int MaxKept = 64;

    // SQLITE_DBCONFIG_ENABLE_QPSG of sqlite3.h
    private const int PlanStability = 1007;

    private readonly Dictionary<string, BorrowedCommand> idle = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PreparedStatement> statements = new(StringComparer.Ordinal);
    private SqliteException? failure;
    private int lent;
    private bool isClosing;

    /// <summary>Whether it cannot write.</summary>
    public bool IsReadOnly { get; private set; }

    /// <summary>
    /// Whether no command of it is in use, no transaction is open, and its last call did not fail. Then the next caller reads the
    /// current state, and an error code of the connection comes from that caller's own statement.
    /// </summary>
    public bool IsAtRest =>
        lent == 0
        && raw.sqlite3_get_autocommit(Handle) != 0
        && raw.sqlite3_errcode(Handle) is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE;

    /// <summary>
    /// The last failure that says something of the file, and not only of a statement, since <see cref="ForgetFailure"/>. It stays
    /// known when the code that ran the statement caught the exception and went on.
    /// </summary>
    public SqliteException? FileFailure { get; private set; }

    public void ForgetFailure() => FileFailure = null;

    /// <summary>Whether it was a statement of this connection that failed so, and not one of another database.</summary>
    public bool FailedWith(SqliteException exception)
    {
        if (exception == failure)
        {
            return true;
        }
        // A statement that fails between two of its rows does so in the reader of ADO.NET. SQLite knows how its last call ended.
        return State == ConnectionState.Open && raw.sqlite3_extended_errcode(Handle) == exception.SqliteExtendedErrorCode;
    }

    /// <summary>The statement of this SQL, without a command around it; to be run at once, as the next call may dispose of it.</summary>
    public PreparedStatement Statement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            if (statements.Count == MaxKept)
            {
                Forget(statements);
            }
            statements[sql] = statement = new PreparedStatement(this, sql);
        }
        return statement;
    }

    /// <summary>Whether a transaction is open. SQLite itself may have ended it, after a full disk or an I/O error.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Whether a row refers to one that is not there. The commit would fail.</summary>
    public bool HasOpenReferences
    {
        get
        {
            const int deferredForeignKeys = 10; // SQLITE_DBSTATUS_DEFERRED_FKS of sqlite3.h
            return raw.sqlite3_db_status(Handle, deferredForeignKeys, out var open, out _, 0) == 0 && open != 0;
        }
    }

    /// <summary>Has each commit of this connection asked for; a commit that is not allowed is rolled back.</summary>
    public void AskBeforeCommit(Func<bool> isAllowed) => raw.sqlite3_commit_hook(Handle, _ => isAllowed() ? 0 : 1, null);

    /// <summary>Ends the statement that is running, if any. Safe on any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(Handle);

    /// <summary>Rolls back and refuses all writes from now on. Safe on any thread, as SQLite serialises what is done with a connection.</summary>
    public void Seal()
    {
        _ = raw.sqlite3_exec(Handle, "PRAGMA query_only = ON");
        _ = raw.sqlite3_exec(Handle, "ROLLBACK");
    }

    /// <summary>Ends a read transaction, if SQLite has not done so after an error. Where that fails, it is not at rest.</summary>
    public void EndSnapshot() => _ = raw.sqlite3_exec(Handle, "COMMIT");

    public override void Open()
    {
        base.Open();
        IsReadOnly = raw.sqlite3_db_readonly(Handle, "main") == 1;
        // Otherwise a plan takes account of values, as that of a LIMIT, and SQLite prepares the statement again for each.
        SqliteException.ThrowExceptionForRC(raw.sqlite3_db_config(Handle, PlanStability, 1, out _), Handle);
    }

    public override void Close()
    {
        Forget(statements);
        isClosing = true; // The base class disposes of all commands: until it is done, none may dispose of another.
        base.Close();
        isClosing = false;
        idle.Clear();
    }

    public override SqliteCommand CreateCommand() =>
        new Command(this)
        {
            Connection = this,
            CommandTimeout = DefaultTimeout,
            Transaction = Transaction,
        };

    /// <summary>Notes that one of its statements failed.</summary>
    public void Note(SqliteException exception)
    {
        failure = exception;
        if (SqliteErrors.TellsOfFile(exception))
        {
            FileFailure = exception;
        }
    }

    private BorrowedCommand Take(string sql)
    {
        lent++;
        return idle.Remove(sql, out var command) ? command : new BorrowedCommand { Connection = this, CommandText = sql };
    }

    private void GiveBack(BorrowedCommand command)
    {
        lent--;
        if (isClosing)
        {
            return;
        }
        if (idle.Count == MaxKept)
        {
            Forget(idle);
        }
        // One whose reader was left open cannot be run again; and of two that were in use at once, one is enough.
        if (command.IsBusy || !idle.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    private static void Forget<T>(Dictionary<string, T> kept)
        where T : IDisposable
    {
        foreach (var forgotten in kept.Values)
        {
            forgotten.Dispose();
        }
        kept.Clear();
    }

    /// <summary>What SQLite has prepared, and binds values to.</summary>
    private sealed class BorrowedCommand : SqliteCommand
    {
        public bool IsBusy => DataReader is not null;
    }

    /// <summary>What callers see: it borrows one that is prepared for as long as it lives.</summary>
    private sealed class Command(PreparedConnection connection) : SqliteCommand
    {
        private BorrowedCommand? borrowed;

        public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
        {
            if (borrowed?.CommandText != CommandText)
            {
                LetGo();
                borrowed = connection.Take(CommandText);
            }
            borrowed.Transaction = Transaction;
            borrowed.CommandTimeout = CommandTimeout;
            borrowed.Parameters.Clear();
            for (var i = 0; i < Parameters.Count; i++)
            {
                borrowed.Parameters.Add(Parameters[i]);
            }
            try
            {
                return borrowed.ExecuteReader(behavior);
            }
            catch (SqliteException e)
            {
                connection.Note(e);
                throw;
            }
        }

        /// <summary>Does nothing: a statement is prepared when it is first run, and stays so.</summary>
        public override void Prepare() { }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                LetGo();
            }
            base.Dispose(disposing);
        }

        private void LetGo()
        {
            if (borrowed is not null)
            {
                connection.GiveBack(borrowed);
                borrowed = null;
            }
        }
    }
}
