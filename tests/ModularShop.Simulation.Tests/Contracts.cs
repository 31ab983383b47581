using ModularShop.Kernel;

namespace ModularShop.Simulation.Tests;

/// <summary>An event of an operation of alpha: the part with the number <paramref name="Index"/>.</summary>
[EventName("alpha.counted", version: 1)]
public sealed record AlphaCounted(string Item, int Operation, int Index) : IntegrationEvent
{
    public override string Key => Item;
}

/// <summary>An event that beta publishes for its own operations, and in reaction to each event of alpha.</summary>
[EventName("beta.echoed", version: 1)]
public sealed record BetaEchoed(string Item, int Operation, int Index) : IntegrationEvent
{
    public override string Key => Item;
}

/// <summary>An event without a handler.</summary>
[EventName("alpha.ignored", version: 1)]
public sealed record AlphaIgnored(int Operation) : IntegrationEvent
{
    public override string Key => "ignored";
}
