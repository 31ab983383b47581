namespace ModularShop.Kernel.Events;

/// <summary>An event as it is stored in a log: its serialized payload and its metadata.</summary>
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
    /// <summary>What is wrong with the row that it was read from; null when nothing is.</summary>
    public Damage? Damage { get; init; }

    /// <summary>The place of a reader that has read up to and including this event.</summary>
    public LogPlace PlaceIn(string epoch) => new(epoch, Position, EventId);
}
