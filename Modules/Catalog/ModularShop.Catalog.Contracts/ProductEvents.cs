using ModularShop.Kernel;

namespace ModularShop.Catalog.Contracts;

/// <summary>A product can be bought from now on. The price is exact, of at most four decimals.</summary>
[EventName("catalog.product-added", version: 1)]
public sealed record ProductAdded(Guid ProductId, string Sku, string Name, decimal Price, string Currency) : IntegrationEvent
{
    public override string Key => ProductId.ToString();
}

/// <summary>A product has another name or description.</summary>
[EventName("catalog.product-changed", version: 1)]
public sealed record ProductChanged(Guid ProductId, string Name, string? Description) : IntegrationEvent
{
    public override string Key => ProductId.ToString();
}

/// <summary>A product has another list price.</summary>
[EventName("catalog.price-changed", version: 1)]
public sealed record PriceChanged(Guid ProductId, decimal Price, string Currency) : IntegrationEvent
{
    public override string Key => ProductId.ToString();
}

/// <summary>A product can no longer be bought.</summary>
[EventName("catalog.product-discontinued", version: 1)]
public sealed record ProductDiscontinued(Guid ProductId) : IntegrationEvent
{
    public override string Key => ProductId.ToString();
}
