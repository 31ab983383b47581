namespace ModularShop.Kernel.Events;

/// <summary>An event as it stands in a log: its serialised payload and what is known about it.</summary>
internal sealed record Envelope(
    long Position,
    Guid EventId,
    string Source,
    string Name,
    int Version,
    string Key,
    DateTimeOffset OccurredAt,
    string CorrelationId,
    Guid? CausationId,
    string? TraceParent,
    string Payload,
    string? Actor = null
)
{
    /// <summary>What is wrong with the row that it was read from; null when all is well.</summary>
    public Damage? Damage { get; init; }

    /// <summary>The place of whoever has read up to it.</summary>
    public LogPlace PlaceIn(string epoch) => new(epoch, Position, EventId);
}
