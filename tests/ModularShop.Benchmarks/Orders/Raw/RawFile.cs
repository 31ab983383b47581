using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>A SQLite file with its one writing connection, as durable as a module's.</summary>
internal sealed class RawFile : IDisposable
{
    private readonly List<Statement> statements = [];
    private readonly SqliteConnection writer;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollback;

    public RawFile(string path)
    {
        writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        writer.Open();
        writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
        (begin, commit, rollback) = (Prepare("BEGIN IMMEDIATE"), Prepare("COMMIT"), Prepare("ROLLBACK"));
    }

    public SqliteConnection Connection => writer;

    public Statement Prepare(string sql)
    {
        var statement = new Statement(writer, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>Does it in one transaction, or not at all.</summary>
    public void Commit(Action work)
    {
        begin.Run();
        try
        {
            work();
            commit.Run();
        }
        catch
        {
            // SQLite may have ended the transaction by itself.
            if (SQLitePCL.raw.sqlite3_get_autocommit(writer.Handle) == 0)
            {
                rollback.Run();
            }
            throw;
        }
    }

    public void Dispose()
    {
        statements.ForEach(statement => statement.Dispose());
        writer.Dispose();
    }
}
