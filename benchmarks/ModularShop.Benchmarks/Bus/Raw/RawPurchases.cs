using System.Text.Json;
using ModularShop.Benchmarks.Raw;
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
    private readonly RawStatement upsert;
    private readonly RawStatement move;

    public RawPurchases(string path)
    {
        file = new RawFile(path);
        upsert = file.Prepare("INSERT INTO purchases VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (order_id) DO UPDATE SET effects = effects + 1");
        move = file.Prepare("UPDATE checkpoints SET position = position + ? WHERE source = 'shop-orders'");
    }

    public void Begin() => file.Begin();

    /// <returns>The order's number.</returns>
    public long Upsert(string payload)
    {
        var placed = JsonSerializer.Deserialize<OrderPlaced>(payload)!;
        upsert.Run(
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
        move.Run((long)events);
        file.Commit();
    }

    public void Dispose() => file.Dispose();
}
