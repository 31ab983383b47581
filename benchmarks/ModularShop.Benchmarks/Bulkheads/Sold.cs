using ModularShop.Kernel;

namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>The event that the publisher publishes and every subscriber stores.</summary>
[EventName("sales.sold", version: 1)]
public sealed record Sold(Guid SaleId, string Text) : IntegrationEvent
{
    public override string Key => SaleId.ToString();
}
