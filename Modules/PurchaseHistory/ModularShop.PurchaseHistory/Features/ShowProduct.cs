using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel;
using ModularShop.Kernel.Requests;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Features;

/// <summary>What was sold of a product in all, guests included, in each currency.</summary>
internal static class ShowProduct
{
    internal sealed record Query(Guid ProductId) : IQuery<View>;

    internal sealed record View(Guid ProductId, string Sku, string? Name, IReadOnlyList<Sales> Sales);

    internal sealed record Sales(
        string Currency,
        long Orders,
        long QuantityBought,
        decimal AmountBought,
        long QuantityReturned,
        decimal AmountReturned
    );

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var product =
                await db.Products.SingleOrDefaultAsync(p => p.ProductId == query.ProductId, ct)
                ?? throw new NotFoundException("product", query.ProductId);
            var totals = await db.ProductTotals.Where(t => t.ProductSequence == product.Sequence).OrderBy(t => t.Currency).ToListAsync(ct);
            return new View(
                product.ProductId,
                product.Sku,
                product.Name,
                [
                    .. totals.Select(t => new Sales(
                        t.Currency,
                        t.Orders,
                        t.QuantityBought,
                        t.AmountBought,
                        t.QuantityReturned,
                        t.AmountReturned
                    )),
                ]
            );
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/products/{productId:guid}",
                (Guid productId, ISender sender, CancellationToken ct) => sender.Send(new Query(productId), ct)
            )
            .WithSummary("How much of this product was sold?");
}
