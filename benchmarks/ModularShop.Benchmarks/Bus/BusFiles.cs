using System.Globalization;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Bus;

/// <summary>The publisher's and the subscriber's file of a contender, created and read with plain SQLite.</summary>
internal sealed class BusFiles(string directory)
{
    private const long Full = 2;

    public string Directory => directory;

    public string Orders => Path.Combine(directory, "shop-orders.db");

    public string Purchases => Path.Combine(directory, "shop-purchases.db");

    // A connection waits for a lock without limit. By default it fails after 30 s, which many writers come near.
    public static string ConnectionString(string file) =>
        new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 0 }.ToString();

    /// <summary>Creates the tables, if they do not exist, of a contender that does not do so itself.</summary>
    public void Create(string publisherTables, string subscriberTables)
    {
        foreach (var (file, tables) in (ReadOnlySpan<(string, string)>)[(Orders, publisherTables), (Purchases, subscriberTables)])
        {
            if (File.Exists(file))
            {
                continue;
            }
            using var connection = Open(file);
            if (Number(connection, "PRAGMA synchronous") != Full)
            {
                throw new InvalidOperationException(
                    "SQLite does not begin with synchronous=FULL here, and the contender would have it easier."
                );
            }
            Execute(connection, $"PRAGMA journal_mode = WAL; {tables}");
        }
    }

    /// <summary>Compares the orders with their effects in the subscriber's file.</summary>
    public BusAudit Audit()
    {
        using var connection = Open(Orders);
        Execute(connection, $"ATTACH '{Purchases}' AS subscriber");
        return new BusAudit(
            Number(connection, "SELECT count(*) FROM orders"),
            Number(connection, "SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM purchases)"),
            Number(connection, "SELECT coalesce(sum(effects - 1), 0) FROM purchases")
                + Number(connection, "SELECT count(*) FROM purchases WHERE order_id NOT IN (SELECT id FROM orders)"),
            Number(connection, "SELECT (SELECT sum(total * effects) FROM purchases) IS NOT (SELECT sum(total) FROM orders)") == 0,
            Number(connection, OutOfOrder.Count("orders", "purchases"))
        );
    }

    /// <summary>The size of the files after their write-ahead logs are copied into them.</summary>
    public long Bytes()
    {
        foreach (var file in System.IO.Directory.GetFiles(directory, "*.db"))
        {
            using var connection = Open(file);
            Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        return System.IO.Directory.GetFiles(directory).Sum(file => new FileInfo(file).Length);
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"{ConnectionString(file)};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}

/// <summary>The result of checking the files of a contender.</summary>
/// <param name="Missing">Orders that had no effect.</param>
/// <param name="Duplicates">The number of surplus effects.</param>
/// <param name="OutOfOrder">Effects that came after that of a later order.</param>
internal sealed record BusAudit(long Orders, long Missing, long Duplicates, bool TotalsAgree, long OutOfOrder);
