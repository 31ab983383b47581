using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus;

/// <summary>What every subscriber writes: a row an event, which also tells how often the event took effect.</summary>
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

    /// <summary>The same for EF Core to run.</summary>
    public static FormattableString UpsertOf(OrderPlaced placed) =>
        $"""
            INSERT INTO purchases (order_id, customer_id, placed_at, currency, total, effects)
            VALUES ({placed.OrderId}, {placed.CustomerId}, {placed.PlacedAt.ToUnixTimeMilliseconds()}, {placed.Currency}, {placed.Total}, 1)
            ON CONFLICT (order_id) DO UPDATE SET effects = effects + 1
            """;
}
