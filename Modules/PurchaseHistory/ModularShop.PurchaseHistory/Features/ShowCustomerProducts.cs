using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Features;

/// <summary>Which products a customer bought: how often, how many, for how much, returned how many, last when. The latest first.</summary>
internal static class ShowCustomerProducts
{
    internal sealed record Query(Guid CustomerId, int? Limit, string? After) : IQuery<Page<View>>;

    internal sealed record View(
        Guid ProductId,
        string Sku,
        string? Name,
        string Currency,
        long Orders,
        long QuantityBought,
        decimal AmountBought,
        long QuantityReturned,
        decimal AmountReturned,
        DateTimeOffset? LastBought
    );

    private sealed record Place(long LastBought, Guid ProductId, string Currency);

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, Page<View>>
    {
        public async Task<Page<View>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Place>(query.After) ?? new Place(long.MaxValue, Guid.Empty, "");
            var customer = await db.Customers.SequenceOf(query.CustomerId, ct);
            var rows = await db
                .Database.SqlQuery<Row>(
                    $"""
                    SELECT p.product_id AS ProductId, p.sku AS Sku, p.name AS Name, c.currency AS Currency, c.orders AS Orders,
                        c.quantity_bought AS QuantityBought, c.amount_bought AS AmountBought,
                        c.quantity_returned AS QuantityReturned, c.amount_returned AS AmountReturned, c.last_bought AS LastBought
                    FROM customer_products c CROSS JOIN products p ON p.sequence = c.product_sequence
                    WHERE c.customer_sequence = {customer}
                        AND (-coalesce(c.last_bought, 0), p.product_id, c.currency)
                            > ({-after.LastBought}, {after.ProductId}, {after.Currency})
                    ORDER BY -coalesce(c.last_bought, 0), p.product_id, c.currency LIMIT {limit + 1}
                    """
                )
                .ToListAsync(ct);
            var page = Cursor.Page(rows, limit, row => new Place(row.LastBought ?? 0, row.ProductId, row.Currency));
            return new Page<View>([.. page.Items.Select(row => row.View())], page.Next);
        }
    }

    internal sealed record Row(
        Guid ProductId,
        string Sku,
        string? Name,
        string Currency,
        long Orders,
        long QuantityBought,
        long AmountBought,
        long QuantityReturned,
        long AmountReturned,
        long? LastBought
    )
    {
        public View View() =>
            new(
                ProductId,
                Sku,
                Name,
                Currency,
                Orders,
                QuantityBought,
                ExactDecimal.FromStored(AmountBought),
                QuantityReturned,
                ExactDecimal.FromStored(AmountReturned),
                LastBought is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null
            );
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/customers/{customerId:guid}/products",
                (Guid customerId, int? limit, string? after, ISender sender, CancellationToken ct) =>
                    sender.Send(new Query(customerId, limit, after), ct)
            )
            .WithSummary("What has this customer bought?");
}
