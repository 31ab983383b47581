using System.Text.Json;
using Microsoft.Data.Sqlite;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Raw;

/// <summary>The subscriber's file with prepared statements.</summary>
internal sealed class RawPurchases : IDisposable
{
    public const string Tables =
        Purchases.Table
        + """
            CREATE TABLE checkpoints (source TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL);
            INSERT INTO checkpoints VALUES ('shop-orders', 0);
            """;

    private readonly RawFile file;
    private readonly SqliteCommand upsert;
    private readonly SqliteCommand move;

    public RawPurchases(string path)
    {
        file = new RawFile(path);
        upsert = file.Prepare(
            "INSERT INTO purchases VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (order_id) DO UPDATE SET effects = effects + 1",
            parameters: 5
        );
        move = file.Prepare("UPDATE checkpoints SET position = position + $1 WHERE source = 'shop-orders'", parameters: 1);
    }

    public void Begin() => file.Begin();

    /// <returns>The order's number.</returns>
    public long Upsert(string payload)
    {
        var placed = JsonSerializer.Deserialize<OrderPlaced>(payload)!;
        RawFile.Run(
            upsert,
            placed.OrderId.ToString(),
            placed.CustomerId.ToString(),
            placed.PlacedAt.ToUnixTimeMilliseconds(),
            placed.Currency,
            placed.Total
        );
        return placed.Number;
    }

    public void Commit(int events)
    {
        RawFile.Run(move, (long)events);
        file.Commit();
    }

    public void Dispose() => file.Dispose();
}
