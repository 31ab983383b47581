using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Features;

/// <summary>
/// Customers who bought this also bought: the products that most of this product's buyers bought too. Asks its
/// two hundred greatest buyers at most, so that the answer costs the same however popular the product is.
/// </summary>
internal static class ShowAlsoBought
{
    private const int MaxBuyers = 200;

    internal sealed record Query(Guid ProductId, int? Limit) : IQuery<IReadOnlyList<View>>;

    internal sealed record View(Guid ProductId, string Sku, string? Name, long Customers);

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, IReadOnlyList<View>>
    {
        public async Task<IReadOnlyList<View>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit ?? 10);
            var product = await db.Products.SequenceOf(query.ProductId, ct);
            return await db
                .Database.SqlQuery<View>(
                    $"""
                    WITH buyers AS (
                        SELECT DISTINCT customer_sequence FROM (
                            SELECT customer_sequence FROM customer_products
                            WHERE product_sequence = {product} AND quantity_bought > 0
                            ORDER BY quantity_bought DESC LIMIT {MaxBuyers}
                        )
                    )
                    SELECT p.product_id AS ProductId, p.sku AS Sku, p.name AS Name, count(DISTINCT b.customer_sequence) AS Customers
                    FROM buyers b
                    JOIN customer_products o ON o.customer_sequence = b.customer_sequence AND o.quantity_bought > 0
                    JOIN products p ON p.sequence = o.product_sequence
                    WHERE o.product_sequence <> {product}
                    GROUP BY o.product_sequence ORDER BY Customers DESC, p.sku, p.product_id LIMIT {limit}
                    """
                )
                .ToListAsync(ct);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/products/{productId:guid}/also-bought",
                (Guid productId, int? limit, ISender sender, CancellationToken ct) => sender.Send(new Query(productId, limit), ct)
            )
            .WithSummary("What did the customers who bought this also buy?");
}
