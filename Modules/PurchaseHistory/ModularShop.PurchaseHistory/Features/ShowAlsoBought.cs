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
            var buyers = db
                .CustomerProducts.Where(row => row.ProductSequence == product && row.QuantityBought > 0)
                .OrderByDescending(row => row.QuantityBought)
                .Take(MaxBuyers)
                .Select(row => row.CustomerSequence)
                .Distinct();
            var others =
                from buyer in buyers
                join row in db.CustomerProducts on buyer equals row.CustomerSequence
                where row.QuantityBought > 0 && row.ProductSequence != product
                group row.CustomerSequence by row.ProductSequence into customers
                select new { ProductSequence = customers.Key, Customers = customers.Distinct().LongCount() };
            return await others
                .Join(db.Products, other => other.ProductSequence, p => p.Sequence, (other, p) => new { other.Customers, Product = p })
                .OrderByDescending(row => row.Customers)
                .ThenBy(row => row.Product.Sku)
                .ThenBy(row => row.Product.ProductId)
                .Take(limit)
                .Select(row => new View(row.Product.ProductId, row.Product.Sku, row.Product.Name, row.Customers))
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
