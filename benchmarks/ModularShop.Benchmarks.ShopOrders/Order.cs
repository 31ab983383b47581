using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>The row that every contender writes for an order.</summary>
internal sealed class Order : IInsertable
{
    /// <summary>Its table, as EF Core would create it.</summary>
    public const string Table = """
        CREATE TABLE orders (
            id          TEXT NOT NULL PRIMARY KEY,
            number      INTEGER NOT NULL,
            customer_id TEXT NOT NULL,
            placed_at   INTEGER NOT NULL,
            currency    TEXT NOT NULL,
            total       INTEGER NOT NULL
        );
        """;

    public Guid Id { get; init; }

    public long Number { get; init; }

    public Guid CustomerId { get; init; }

    public DateTimeOffset PlacedAt { get; init; }

    public required string Currency { get; init; }

    public long Total { get; init; }

    public static Order Of(OrderPlaced placed) =>
        new()
        {
            Id = placed.OrderId,
            Number = placed.Number,
            CustomerId = placed.CustomerId,
            PlacedAt = placed.PlacedAt,
            Currency = placed.Currency,
            Total = placed.Total,
        };
}
