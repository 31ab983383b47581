using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Another SQLite database that a module's code uses, and the ways in which it can fail.</summary>
internal sealed class OtherDatabase(string directory)
{
    private readonly string file = Path.Combine(directory, "other.sqlite");

    /// <summary>The ways in which <see cref="Fail"/> fails.</summary>
    public static readonly string[] Ways = ["full", "read-only", "locked", "damaged", "no database", "missing", "duplicate"];

    public void Fail(string way)
    {
        switch (way)
        {
            case "full":
                Execute("PRAGMA max_page_count = 2", "CREATE TABLE IF NOT EXISTS t (x)", "INSERT INTO t VALUES (zeroblob(100000))");
                break;
            case "read-only":
                Execute("PRAGMA query_only = ON", "CREATE TABLE t (x)");
                break;
            case "locked":
                using (var other = Open())
                {
                    Execute(other, "BEGIN IMMEDIATE");
                    Execute("BEGIN IMMEDIATE");
                }
                break;
            case "damaged":
                Execute(
                    "CREATE TABLE IF NOT EXISTS d (x)",
                    "PRAGMA writable_schema = ON",
                    "UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'd'"
                );
                Execute("INSERT INTO d VALUES (1)");
                break;
            case "no database":
                File.WriteAllText(file, new string('x', 4096));
                Execute("SELECT * FROM sqlite_schema");
                break;
            case "missing":
                using (var none = new SqliteConnection($"Data Source={file}.none;Mode=ReadOnly;Pooling=False"))
                {
                    none.Open();
                }
                break;
            case "duplicate":
                Execute("CREATE TEMP TABLE u (x PRIMARY KEY)", "INSERT INTO u VALUES (1), (1)");
                break;
        }
        throw new AssertionException($"It did not fail: {way}");
    }

    // One statement at a time: ADO.NET hides a failure of a later statement when an earlier one returned a row.
    private void Execute(params IReadOnlyList<string> statements)
    {
        using var connection = Open();
        foreach (var statement in statements)
        {
            Execute(connection, statement);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 1;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }
}
