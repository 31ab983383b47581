using FluentValidation;
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

/// <summary>Changes the list price of a product. Existing orders keep their prices.</summary>
internal static class RepriceProduct
{
    internal sealed record Command(Guid ProductId, decimal Price, string Currency, IfMatch? IfMatch) : ICommand<ProductView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Price).Price();
            RuleFor(c => c.Currency).Currency();
        }
    }

    internal sealed class Handler(CatalogDb db, IPublisher publisher) : IRequestHandler<Command, ProductView>
    {
        public async Task<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Products.Get(command.ProductId, ct);
            command.IfMatch?.Check(product.Version);
            product.Reprice(command.Price, command.Currency);
            await publisher.Publish(new PriceChanged(product.Id, product.Price, product.Currency), ct);
            return ProductView.Of(product);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/v1/products/{productId:guid}/price",
                (Guid productId, Body body, [FromHeader(Name = "If-Match")] IfMatch? ifMatch, ISender sender, CancellationToken ct) =>
                    sender.Send(new Command(productId, body.Price, body.Currency, ifMatch), ct)
            )
            .WithSummary("Change a product's list price");

    internal sealed record Body(decimal Price, string Currency);
}
