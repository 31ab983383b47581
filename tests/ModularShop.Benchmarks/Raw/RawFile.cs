using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Harness;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Raw;

/// <summary>
/// A module's file as one would write it by hand for speed alone: the module's schema and its promise to the disk, many
/// rows a transaction, one thread.
/// </summary>
internal sealed class RawFile : IDisposable
{
    private readonly int unitsPerCommit;
    private readonly List<RawStatement> statements = [];
    private int units;

    /// <param name="path">A file that the shop made.</param>
    /// <param name="unitsPerCommit">Orders or events in a transaction.</param>
    public RawFile(string path, int unitsPerCommit = 256)
    {
        this.unitsPerCommit = unitsPerCommit;
        Connection = new SqliteConnection($"Data Source={path};Mode=ReadWrite;Pooling=False");
        Connection.Open();
        Connection.Execute(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA secure_delete = ON; BEGIN IMMEDIATE"
        );
    }

    public SqliteConnection Connection { get; }

    /// <summary>A statement that lives as long as the file is open.</summary>
    public RawStatement Prepare(string sql)
    {
        var statement = new RawStatement(Connection, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>An insert of a row, a parameter for each column.</summary>
    public RawStatement Insert(string table, string columns, string conflict = "") =>
        Prepare($"INSERT INTO {table} ({columns}) VALUES ({Regex.Replace(columns, @"\w+", "?")}) {conflict}");

    /// <summary>Ends a unit; some of them end the transaction.</summary>
    public bool EndUnit(Action? beforeCommit = null)
    {
        if (++units % unitsPerCommit > 0)
        {
            return false;
        }
        beforeCommit?.Invoke();
        Connection.Execute("COMMIT; BEGIN IMMEDIATE");
        return true;
    }

    public void Dispose()
    {
        Connection.Execute("COMMIT");
        statements.ForEach(statement => statement.Dispose());
        Connection.Dispose();
    }

    /// <summary>A directory of files as the shop makes them at its first start.</summary>
    public static async Task MakeEmpty(string directory)
    {
        await using var shop = await Contender.Start("shop", "--data", directory, "--urls", "http://127.0.0.1:0");
        await shop.Stop();
    }
}
