namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>The event that fixture modules react to. A stand-in module with that name publishes it.</summary>
[EventName("publisher.happened", version: 1)]
public sealed record Happened(string Subject, int Number) : IntegrationEvent
{
    public override string Key => Subject;
}

/// <summary>The same event name in a version that no fixture module knows.</summary>
[EventName("publisher.happened", version: 2)]
public sealed record HappenedOtherwise(string Subject, string Manner) : IntegrationEvent
{
    public override string Key => Subject;
}

/// <summary>An event without a reaction.</summary>
[EventName("publisher.unnoticed", version: 1)]
public sealed record Unnoticed(string Subject) : IntegrationEvent
{
    public override string Key => Subject;
}

/// <summary>Published by the fixture module <c>ledger</c>; no module reacts to it.</summary>
[EventName("ledger.entry-added", version: 1)]
public sealed record EntryAdded(Guid EntryId, string Subject) : IntegrationEvent
{
    public override string Key => Subject;
}
