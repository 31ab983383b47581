using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ModularShop.Kernel.Storage;

/// <summary>
/// A connection that keeps its statements prepared. EF Core and other callers create a new command for each execution, and SQLite would
/// parse and plan its SQL each time. Used by one thread at a time.
/// </summary>
internal sealed class PreparedConnection(string connectionString) : SqliteConnection(connectionString)
{
    // Limits the memory for SQL texts that vary, such as a search with a varying number of words.
    private const int MaxKept = 64;

    // SQLITE_DBCONFIG_ENABLE_QPSG of sqlite3.h
    private const int PlanStability = 1007;

    private readonly Dictionary<string, BorrowedCommand> idle = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PreparedStatement> statements = new(StringComparer.Ordinal);
    private SqliteException? failure;
    private int lent;
    private bool isClosing;

    /// <summary>Whether the connection cannot write.</summary>
    public bool IsReadOnly { get; private set; }

    /// <summary>
    /// Whether the connection can be lent again: no command is in use, no transaction is open, and the last call did not fail. The next
    /// caller would otherwise read an old snapshot, or be blamed for an earlier error.
    /// </summary>
    public bool IsAtRest =>
        lent == 0
        && raw.sqlite3_get_autocommit(Handle) != 0
        && raw.sqlite3_errcode(Handle) is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE;

    /// <summary>
    /// The last failure since <see cref="ForgetFailure"/> that concerns the file and not only a statement. It is kept even if the code
    /// that ran the statement caught the exception and continued.
    /// </summary>
    public SqliteException? FileFailure { get; private set; }

    public void ForgetFailure() => FileFailure = null;

    /// <summary>Whether a statement of this connection, and not of another database, failed with this exception.</summary>
    public bool FailedWith(SqliteException exception)
    {
        if (exception == failure)
        {
            return true;
        }
        // An exception between two rows does not pass through this class. SQLite still has the code of its last call.
        return State == ConnectionState.Open && raw.sqlite3_extended_errcode(Handle) == exception.SqliteExtendedErrorCode;
    }

    /// <summary>
    /// The prepared statement for this SQL, without an ADO.NET command. Run it at once, as the next call may dispose of it.
    /// </summary>
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

    /// <summary>Whether a transaction is open. SQLite may have ended it by itself, after a full disk or an I/O error.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Whether a deferred foreign key refers to a missing row. The commit would fail.</summary>
    public bool HasOpenReferences
    {
        get
        {
            const int deferredForeignKeys = 10; // SQLITE_DBSTATUS_DEFERRED_FKS of sqlite3.h
            return raw.sqlite3_db_status(Handle, deferredForeignKeys, out var open, out _, 0) == 0 && open != 0;
        }
    }

    /// <summary>Calls the function before each commit of this connection. If it returns false, SQLite rolls back instead.</summary>
    public void AskBeforeCommit(Func<bool> isAllowed) => raw.sqlite3_commit_hook(Handle, _ => isAllowed() ? 0 : 1, null);

    /// <summary>Interrupts the running statement, if any. Safe on any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(Handle);

    /// <summary>Rolls back and refuses all later writes. Safe on any thread, as SQLite serializes the use of a connection.</summary>
    public void Seal()
    {
        _ = raw.sqlite3_exec(Handle, "PRAGMA query_only = ON");
        _ = raw.sqlite3_exec(Handle, "ROLLBACK");
    }

    /// <summary>
    /// Ends a read transaction, unless SQLite has ended it after an error. If that fails, <see cref="IsAtRest"/> is false.
    /// </summary>
    public void EndSnapshot() => _ = raw.sqlite3_exec(Handle, "COMMIT");

    public override void Open()
    {
        base.Open();
        IsReadOnly = raw.sqlite3_db_readonly(Handle, "main") == 1;
        // By default a plan depends on bound values, such as that of a LIMIT, and SQLite prepares the statement again for each value.
        SqliteException.ThrowExceptionForRC(raw.sqlite3_db_config(Handle, PlanStability, 1, out _), Handle);
    }

    public override void Close()
    {
        Forget(statements);
        isClosing = true; // The base class disposes of all commands. While it does so, no command may dispose of another one.
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

    /// <summary>Records that a statement of this connection failed.</summary>
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
        // Not kept: a command whose reader is still open, and a second one with the same SQL.
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

    /// <summary>A prepared command, which is kept between executions.</summary>
    private sealed class BorrowedCommand : SqliteCommand
    {
        public bool IsBusy => DataReader is not null;
    }

    /// <summary>The command that callers use. It borrows a prepared one until it is disposed of.</summary>
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

        /// <summary>Does nothing: a statement is prepared when it is first run, and stays prepared.</summary>
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
