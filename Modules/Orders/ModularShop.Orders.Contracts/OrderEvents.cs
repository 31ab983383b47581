using ModularShop.Kernel;

namespace ModularShop.Orders.Contracts;

/// <summary>
/// A line of an order: a quantity of a product with its unit price, which is exact with at most four decimals. A line of an imported
/// order may have its own time; otherwise the order's time applies.
/// </summary>
public sealed record OrderedLine(Guid ProductId, int Quantity, decimal UnitPrice, DateTimeOffset? BoughtAt = null);

/// <summary>An order was placed and must be fulfilled. Without a customer, it is a guest's order.</summary>
[EventName("orders.order-placed", version: 1)]
public sealed record OrderPlaced(Guid OrderId, Guid? CustomerId, DateTimeOffset PlacedAt, string Currency, IReadOnlyList<OrderedLine> Lines)
    : IntegrationEvent
{
    public override string Key => OrderId.ToString();
}

/// <summary>
/// A past order was imported from another system, with its own date and prices. It counts as bought, but there is nothing to fulfil:
/// modules that reserve stock or take payments must ignore it.
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

/// <summary>An order was cancelled before it was shipped. It counts as never placed.</summary>
[EventName("orders.order-cancelled", version: 1)]
public sealed record OrderCancelled(Guid OrderId, string Reason) : IntegrationEvent
{
    public override string Key => OrderId.ToString();
}

/// <summary>An order, or a part of it, was returned.</summary>
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

/// <summary>A past return was imported from another system. Its order is not known.</summary>
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
