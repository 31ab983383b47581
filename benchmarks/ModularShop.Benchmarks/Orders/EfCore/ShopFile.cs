using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Benchmarks.Orders.EfCore;

/// <summary>A file of the shop that a contender takes over.</summary>
internal static class ShopFile
{
    /// <summary>Adds what the contender needs beside the shop's tables.</summary>
    /// <returns>How to connect to it.</returns>
    public static string Prepare(string directory, string name, string tables = "")
    {
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, name) }.ToString();
        using var connection = new SqliteConnection(file);
        connection.Open();
        connection.Execute(tables);
        return connection.Scalar("PRAGMA journal_mode") is "wal" && connection.Scalar("PRAGMA synchronous") is 2L
            ? file
            : throw new InvalidOperationException($"{file} is less durable than the shop's.");
    }
}
