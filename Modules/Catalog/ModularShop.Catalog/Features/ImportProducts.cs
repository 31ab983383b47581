using System.Text.Json.Serialization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.Catalog.Data;
using ModularShop.Catalog.Domain;
using ModularShop.Kernel.Requests;

namespace ModularShop.Catalog.Features;

/// <summary>
/// Adds products from another system by their stock code. Safe to repeat: a known product changes only if the imported name and price
/// come from a later sale. What a person has decided is kept, whatever the dates: a product that was added by hand, renamed, repriced
/// or discontinued. A sale with the same time but another name or price, as in a corrected file, is reported.
/// </summary>
internal static class ImportProducts
{
    private const int MaxProducts = 1000;

    internal sealed record Item(string Sku, string Name, decimal Price, string Currency, DateTimeOffset AsOf);

    internal sealed record Command(IReadOnlyList<Item> Products) : ICommand<Result>;

    internal sealed record Imported(string Sku, Guid ProductId);

    /// <param name="Kept">
    /// The number of products with another name or price in a later sale that were kept because a person has set them.
    /// </param>
    /// <param name="Differing">The stock codes of products that have another name or price of the same time.</param>
    internal sealed record Result(
        int Added,
        int Changed,
        IReadOnlyList<Imported> Products,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Kept = 0,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Differing = null
    );

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Products).OneTo(MaxProducts, "products at a time");
            RuleForEach(c => c.Products).NotNull().SetValidator(new ItemValidator());
        }
    }

    private sealed class ItemValidator : AbstractValidator<Item>
    {
        public ItemValidator()
        {
            RuleFor(i => i.Sku).Sku();
            RuleFor(i => i.Name).ProductName();
            RuleFor(i => i.Price).Price();
            RuleFor(i => i.Currency).Currency();
            RuleFor(i => i.AsOf).PastTime();
        }
    }

    internal sealed class Handler(CatalogDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Result>
    {
        public async Task<Result> Handle(Command command, CancellationToken ct)
        {
            var skus = command.Products.Select(item => item.Sku).ToList();
            var known = await db.Products.Where(p => skus.Contains(p.Sku)).ToDictionaryAsync(p => p.Sku, ct);
            var (added, changed, kept) = (0, 0, 0);
            var differing = new List<string>();
            foreach (var item in command.Products)
            {
                if (!known.TryGetValue(item.Sku, out var product))
                {
                    known[item.Sku] = await Add(item, ct);
                    added++;
                    continue;
                }
                var relisting = await Relist(product, item, ct);
                changed += relisting is Relisting.Changed ? 1 : 0;
                kept += relisting is Relisting.Kept ? 1 : 0;
                differing.AddRange(relisting is Relisting.Differs ? [item.Sku] : []);
            }
            return new Result(
                added,
                changed,
                [.. known.Values.Select(p => new Imported(p.Sku, p.Id))],
                kept,
                differing is [] ? null : [.. differing.Distinct()]
            );
        }

        private async Task<Product> Add(Item item, CancellationToken ct)
        {
            var product = Product.Import(item.Sku, item.Name, item.Price, item.Currency, item.AsOf, clock.GetUtcNow());
            db.Products.Add(product);
            await publisher.Publish(new ProductAdded(product.Id, product.Sku, product.Name, product.Price, product.Currency), ct);
            return product;
        }

        private async Task<Relisting> Relist(Product product, Item item, CancellationToken ct)
        {
            var (name, price, currency) = (product.Name, product.Price, product.Currency);
            var relisting = product.Relist(item.Name, item.Price, item.Currency, item.AsOf);
            if (product.Name != name)
            {
                await publisher.Publish(new ProductChanged(product.Id, product.Name, product.Description), ct);
            }
            if (product.Price != price || product.Currency != currency)
            {
                await publisher.Publish(new PriceChanged(product.Id, product.Price, product.Currency), ct);
            }
            return relisting;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/product-imports", (Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct))
            .WithSummary("Import products by stock code");
}
