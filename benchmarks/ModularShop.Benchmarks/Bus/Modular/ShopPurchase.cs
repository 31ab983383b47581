using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Bus.Modular;

/// <summary>The row of <see cref="Purchases"/> as an entity.</summary>
internal sealed class ShopPurchase : ITotals
{
    public required Guid OrderId { get; init; }

    [Keeps(Keep.First)]
    public required Guid CustomerId { get; init; }

    [Keeps(Keep.First)]
    public required DateTimeOffset PlacedAt { get; init; }

    [Keeps(Keep.First)]
    public required string Currency { get; init; }

    [Keeps(Keep.First)]
    public required long Total { get; init; }

    public long Effects { get; init; } = 1;

    public static ShopPurchase Of(OrderPlaced placed) =>
        new()
        {
            OrderId = placed.OrderId,
            CustomerId = placed.CustomerId,
            PlacedAt = placed.PlacedAt,
            Currency = placed.Currency,
            Total = placed.Total,
        };
}
