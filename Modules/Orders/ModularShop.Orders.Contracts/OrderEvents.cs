using ModularShop.Kernel;

namespace ModularShop.Orders.Contracts;

/// <summary>
/// So many pieces of a product at the price of one. The price is exact, of at most four decimals. Lines of an
/// imported order may have been bought at times of their own; else it is the order's.
/// </summary>
public sealed record OrderedLine(Guid ProductId, int Quantity, decimal UnitPrice, DateTimeOffset? BoughtAt = null);

/// <summary>An order was placed and is to be fulfilled. Without a customer it is a guest's.</summary>
[EventName("orders.order-placed", version: 1)]
public sealed record OrderPlaced(Guid OrderId, Guid? CustomerId, DateTimeOffset PlacedAt, string Currency, IReadOnlyList<OrderedLine> Lines)
    : IntegrationEvent
{
    public override string Key => OrderId.ToString();
}

/// <summary>
/// An order of the past came in from another system, with its own date and prices. It counts as bought; there is
/// nothing left to fulfil, so whoever reserves stock or takes payments leaves it alone.
/// </summary>
[EventName("orders.order-imported", version: 1)]
public sealed record OrderImported(
    Guid OrderId,
    Guid? CustomerId,
    DateTimeOffset PlacedAt,
    string Currency,
    IReadOnlyList<OrderedLine> Lines
) : IntegrationEvent
{
    public override string Key => OrderId.ToString();
}

/// <summary>An order was cancelled before it was shipped: it counts as never placed.</summary>
[EventName("orders.order-cancelled", version: 1)]
public sealed record OrderCancelled(Guid OrderId, string Reason) : IntegrationEvent
{
    public override string Key => OrderId.ToString();
}

/// <summary>Part of an order, or all of it, came back.</summary>
[EventName("orders.order-returned", version: 1)]
public sealed record OrderReturned(
    Guid ReturnId,
    Guid OrderId,
    Guid? CustomerId,
    DateTimeOffset ReturnedAt,
    string Currency,
    IReadOnlyList<OrderedLine> Lines
) : IntegrationEvent
{
    public override string Key => OrderId.ToString();
}

/// <summary>A return of the past came in from another system, which did not tell to which order it belongs.</summary>
[EventName("orders.return-imported", version: 1)]
public sealed record ReturnImported(
    Guid ReturnId,
    Guid? CustomerId,
    DateTimeOffset ReturnedAt,
    string Currency,
    IReadOnlyList<OrderedLine> Lines
) : IntegrationEvent
{
    public override string Key => ReturnId.ToString();
}
