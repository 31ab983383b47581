using ModularShop.Kernel;

namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>What the publisher publishes and every subscriber writes down.</summary>
[EventName("sales.sold", version: 1)]
public sealed record Sold(Guid SaleId, string Text) : IntegrationEvent
{
    public override string Key => SaleId.ToString();
}
