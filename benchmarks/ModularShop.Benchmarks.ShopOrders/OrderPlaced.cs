using System.Text.Json.Serialization;
using ModularShop.Kernel;

namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>The event that every contender publishes for an order: about 400 bytes of JSON.</summary>
/// <param name="Number">Counted from 1 in the order in which orders are sent.</param>
/// <param name="Total">In cents.</param>
[EventName("shop-orders.order-placed", version: 1)]
public sealed record OrderPlaced(
    Guid OrderId,
    long Number,
    Guid CustomerId,
    DateTimeOffset PlacedAt,
    string Currency,
    long Total,
    IReadOnlyList<OrderedLine> Lines
) : IntegrationEvent
{
    [JsonIgnore]
    public override string Key => OrderId.ToString();
}

/// <summary>A line of an order.</summary>
/// <param name="Price">In cents.</param>
public sealed record OrderedLine(Guid ProductId, int Quantity, long Price);
