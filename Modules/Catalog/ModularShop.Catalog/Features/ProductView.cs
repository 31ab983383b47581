using ModularShop.Catalog.Domain;
using ModularShop.Kernel.Http;

namespace ModularShop.Catalog.Features;

/// <summary>A product as callers see it.</summary>
internal sealed record ProductView(
    Guid Id,
    string Sku,
    string Name,
    string? Description,
    decimal Price,
    string Currency,
    bool IsDiscontinued,
    long Version
) : IVersioned
{
    public static ProductView Of(Product product) =>
        new(
            product.Id,
            product.Sku,
            product.Name,
            product.Description,
            product.Price,
            product.Currency,
            product.IsDiscontinued,
            product.Version
        );
}
