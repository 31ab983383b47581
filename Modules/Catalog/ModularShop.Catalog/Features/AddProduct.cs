using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.Catalog.Data;
using ModularShop.Catalog.Domain;
using ModularShop.Kernel;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;

namespace ModularShop.Catalog.Features;

/// <summary>Adds a product. It can be bought from now on.</summary>
internal static class AddProduct
{
    internal sealed record Command(string Sku, string Name, string? Description, decimal Price, string Currency) : ICommand<ProductView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Sku).Sku();
            RuleFor(c => c.Name).ProductName();
            RuleFor(c => c.Description).Description();
            RuleFor(c => c.Price).Price();
            RuleFor(c => c.Currency).Currency();
        }
    }

    internal sealed class Handler(CatalogDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, ProductView>
    {
        public async Task<ProductView> Handle(Command command, CancellationToken ct)
        {
            if (await db.Products.AnyAsync(p => p.Sku == command.Sku, ct))
            {
                throw new ConflictException($"There is a product {command.Sku} already.");
            }
            var product = Product.Add(command.Sku, command.Name, command.Description, command.Price, command.Currency, clock.GetUtcNow());
            db.Products.Add(product);
            await publisher.Publish(new ProductAdded(product.Id, product.Sku, product.Name, product.Price, product.Currency), ct);
            return ProductView.Of(product);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/products",
                async (Command body, ISender sender, HttpRequest request, CancellationToken ct) =>
                {
                    var product = await sender.Send(body, ct);
                    return request.Created($"/v1/products/{product.Id}", product);
                }
            )
            .WithSummary("Add a product");
}
