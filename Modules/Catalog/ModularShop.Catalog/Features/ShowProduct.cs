using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModularShop.Catalog.Data;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Catalog.Features;

/// <summary>Shows one product, discontinued or not.</summary>
internal static class ShowProduct
{
    internal sealed record Query(Guid ProductId) : IQuery<ProductView>;

    internal sealed class Handler(CatalogDb db) : IRequestHandler<Query, ProductView>
    {
        public async Task<ProductView> Handle(Query query, CancellationToken ct) =>
            ProductView.Of(await db.Products.Get(query.ProductId, ct));
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/products/{productId:guid}",
                (Guid productId, ISender sender, CancellationToken ct) => sender.Send(new Query(productId), ct)
            )
            .WithSummary("Show a product");
}
