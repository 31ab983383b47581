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

/// <summary>Changes the name and description of a product.</summary>
internal static class ChangeProduct
{
    internal sealed record Command(Guid ProductId, string Name, string? Description, IfMatch? IfMatch) : ICommand<ProductView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).ProductName();
            RuleFor(c => c.Description).Description();
        }
    }

    internal sealed class Handler(CatalogDb db, IPublisher publisher) : IRequestHandler<Command, ProductView>
    {
        public async Task<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Products.Get(command.ProductId, ct);
            command.IfMatch?.Check(product.Version);
            product.Describe(command.Name, command.Description);
            await publisher.Publish(new ProductChanged(product.Id, product.Name, product.Description), ct);
            return ProductView.Of(product);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/v1/products/{productId:guid}",
                (Guid productId, Body body, [FromHeader(Name = "If-Match")] IfMatch? ifMatch, ISender sender, CancellationToken ct) =>
                    sender.Send(new Command(productId, body.Name, body.Description, ifMatch), ct)
            )
            .WithSummary("Change a product's name and description");

    internal sealed record Body(string Name, string? Description);
}
