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

/// <summary>Who bought a product, those who bought most of it first.</summary>
internal static class ShowProductCustomers
{
    internal sealed record Query(Guid ProductId, int? Limit, string? After) : IQuery<Page<View>>;

    internal sealed record View(
        Guid CustomerId,
        string Customer,
        string Currency,
        long Orders,
        long QuantityBought,
        decimal AmountBought,
        long QuantityReturned
    );

    private sealed record Place(long Quantity, long Customer, string Currency);

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, Page<View>>
    {
        public async Task<Page<View>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Place>(query.After) ?? new Place(long.MaxValue, 0, "");
            var product = await db.Products.SequenceOf(query.ProductId, ct);
            // In the order of the index, read backwards, so that neither ties nor a late page cost a sort.
            var rows = await db
                .Database.SqlQuery<Row>(
                    $"""
                    SELECT c.sequence AS Sequence, c.customer_id AS CustomerId, c.label AS Customer, b.currency AS Currency, b.orders AS Orders,
                        b.quantity_bought AS QuantityBought, b.amount_bought AS AmountBought, b.quantity_returned AS QuantityReturned
                    FROM customer_products b CROSS JOIN customers c ON c.sequence = b.customer_sequence
                    WHERE b.product_sequence = {product} AND b.quantity_bought > 0
                        AND (b.quantity_bought, b.customer_sequence, b.currency) < ({after.Quantity}, {after.Customer}, {after.Currency})
                    ORDER BY b.quantity_bought DESC, b.customer_sequence DESC, b.currency DESC LIMIT {limit + 1}
                    """
                )
                .ToListAsync(ct);
            var page = Cursor.Page(rows, limit, row => new Place(row.QuantityBought, row.Sequence, row.Currency));
            return new Page<View>([.. page.Items.Select(row => row.View())], page.Next);
        }
    }

    internal sealed record Row(
        long Sequence,
        Guid CustomerId,
        string Customer,
        string Currency,
        long Orders,
        long QuantityBought,
        long AmountBought,
        long QuantityReturned
    )
    {
        public View View() =>
            new(CustomerId, Customer, Currency, Orders, QuantityBought, ExactDecimal.FromStored(AmountBought), QuantityReturned);
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/products/{productId:guid}/customers",
                (Guid productId, int? limit, string? after, ISender sender, CancellationToken ct) =>
                    sender.Send(new Query(productId, limit, after), ct)
            )
            .WithSummary("Who bought this product most?");
}
