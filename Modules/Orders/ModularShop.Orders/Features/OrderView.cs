using ModularShop.Kernel.Http;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>An order as callers see it.</summary>
internal sealed record OrderView(
    Guid Id,
    Guid? CustomerId,
    string? ImportNumber,
    DateTimeOffset PlacedAt,
    OrderStatus Status,
    string? CancellationReason,
    string Currency,
    decimal Total,
    IReadOnlyList<OrderLineView> Lines,
    long Version
) : IVersioned
{
    public static OrderView Of(Order order) =>
        new(
            order.Id,
            order.CustomerId,
            order.ImportNumber,
            order.PlacedAt,
            order.Status,
            order.CancellationReason,
            order.Currency,
            order.Total,
            [.. order.Lines.OrderBy(line => line.Position).Select(OrderLineView.Of)],
            order.Version
        );
}

internal sealed record OrderLineView(Guid ProductId, int Quantity, decimal UnitPrice, int Returned)
{
    public static OrderLineView Of(OrderLine line) => new(line.ProductId, line.Quantity, line.UnitPrice, line.Returned);
}
