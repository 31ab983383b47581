using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ModularShop.Catalog.Contracts;
using ModularShop.Catalog.Data;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Catalog.Features;

/// <summary>Takes a product out of sale permanently. It can still be read by its id.</summary>
internal static class DiscontinueProduct
{
    internal sealed record Command(Guid ProductId, IfMatch? IfMatch) : ICommand<ProductView>;

    internal sealed class Handler(CatalogDb db, IPublisher publisher) : IRequestHandler<Command, ProductView>
    {
        public async Task<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Products.Get(command.ProductId, ct);
            command.IfMatch?.Check(product.Version);
            product.Discontinue();
            await publisher.Publish(new ProductDiscontinued(product.Id), ct);
            return ProductView.Of(product);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/products/{productId:guid}/discontinuation",
                (Guid productId, [FromHeader(Name = "If-Match")] IfMatch? ifMatch, ISender sender, CancellationToken ct) =>
                    sender.Send(new Command(productId, ifMatch), ct)
            )
            .WithSummary("Take a product out of sale");
}
