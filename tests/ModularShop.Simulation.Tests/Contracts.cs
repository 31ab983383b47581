using ModularShop.Kernel;

namespace ModularShop.Simulation.Tests;

/// <summary>What an operation of alpha tells: one of its <paramref name="Index"/>-numbered parts.</summary>
[EventName("alpha.counted", version: 1)]
public sealed record AlphaCounted(string Item, int Operation, int Index) : IntegrationEvent
{
    public override string Key => Item;
}

/// <summary>What beta tells of its own operations, and in answer to each event of alpha.</summary>
[EventName("beta.echoed", version: 1)]
public sealed record BetaEchoed(string Item, int Operation, int Index) : IntegrationEvent
{
    public override string Key => Item;
}

/// <summary>Nobody handles it.</summary>
[EventName("alpha.ignored", version: 1)]
public sealed record AlphaIgnored(int Operation) : IntegrationEvent
{
    public override string Key => "ignored";
}
