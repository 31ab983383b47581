using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.Harness;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using SQLitePCL;

namespace ModularShop.Benchmarks.Raw;

/// <summary>A file as one would write it by hand for speed alone, with a module's settings and promise to the disk.</summary>
internal class RawFile : IDisposable
{
    private readonly List<RawStatement> statements = [];
    private readonly RawStatement begin;
    private readonly RawStatement commit;
    private readonly RawStatement rollback;

    /// <param name="path">A file that has its tables.</param>
    public RawFile(string path)
    {
        Connection = new SqliteConnection($"Data Source={path};Mode=ReadWrite;Pooling=False");
        Connection.Open();
        Connection.Execute(ModuleDatabase.WriterSettings);
        (begin, commit, rollback) = (Prepare("BEGIN IMMEDIATE"), Prepare("COMMIT"), Prepare("ROLLBACK"));
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

    public void Begin() => begin.Run();

    public void Commit() => commit.Run();

    /// <summary>Does it in one transaction, or not at all.</summary>
    public void Commit(Action work)
    {
        Begin();
        try
        {
            work();
            Commit();
        }
        catch
        {
            // SQLite may have ended the transaction by itself.
            if (raw.sqlite3_get_autocommit(Connection.Handle) == 0)
            {
                rollback.Run();
            }
            throw;
        }
    }

    public virtual void Dispose()
    {
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
