using ModularShop.PurchaseHistorySync.Calls;

namespace ModularShop.PurchaseHistorySync.Features;

/// <summary>All that a customer bought and returned of a product.</summary>
internal sealed record ProductSum(
    Guid ProductId,
    string Currency,
    long Orders,
    long QuantityBought,
    decimal AmountBought,
    long QuantityReturned,
    decimal AmountReturned,
    DateTimeOffset LastBought
)
{
    /// <summary>Adds up orders by product and currency. A cancelled order counts as never placed.</summary>
    public static IEnumerable<ProductSum> Of(IEnumerable<OrderAnswer> orders) =>
        from order in orders
        where order.Status != Cancelled
        from product in order.Lines.GroupBy(line => line.ProductId)
        group (order.PlacedAt, Lines: product.ToList()) by (ProductId: product.Key, order.Currency) into bought
        let lines = bought.SelectMany(order => order.Lines).ToList()
        select new ProductSum(
            bought.Key.ProductId,
            bought.Key.Currency,
            bought.Count(),
            lines.Sum(line => line.Quantity),
            lines.Sum(line => line.Quantity * line.UnitPrice),
            lines.Sum(line => line.Returned),
            lines.Sum(line => line.Returned * line.UnitPrice),
            bought.Max(order => order.PlacedAt)
        );

    private const string Cancelled = "cancelled";
}
