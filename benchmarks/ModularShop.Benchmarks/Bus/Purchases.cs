using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus;

/// <summary>The rows that every subscriber writes: one for each event, which also counts how often the event took effect.</summary>
internal static class Purchases
{
    public const string Table = """
        CREATE TABLE purchases (
            order_id    TEXT NOT NULL PRIMARY KEY,
            customer_id TEXT NOT NULL,
            placed_at   INTEGER NOT NULL,
            currency    TEXT NOT NULL,
            total       INTEGER NOT NULL,
            effects     INTEGER NOT NULL
        );
        """;

    public const string Upsert = """
        INSERT INTO purchases (order_id, customer_id, placed_at, currency, total, effects)
        VALUES ($order, $customer, $placed_at, $currency, $total, 1)
        ON CONFLICT (order_id) DO UPDATE SET effects = effects + 1
        """;

    public static (string Name, object? Value)[] ValuesOf(OrderPlaced placed) =>
        [
            ("$order", placed.OrderId),
            ("$customer", placed.CustomerId),
            ("$placed_at", placed.PlacedAt.ToUnixTimeMilliseconds()),
            ("$currency", placed.Currency),
            ("$total", placed.Total),
        ];

    /// <summary>Runs the statement with EF Core.</summary>
    public static Task Save(DbContext db, OrderPlaced placed, CancellationToken ct) =>
        db.Database.ExecuteSqlRawAsync(Upsert, ValuesOf(placed).Select(value => new SqliteParameter(value.Name, value.Value)), ct);
}
