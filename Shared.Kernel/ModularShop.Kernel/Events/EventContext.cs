namespace ModularShop.Kernel.Events;

/// <summary>
/// What a reaction may know about the event it is handling, beside its content. Scoped; every property throws
/// <see cref="InvalidOperationException"/> where no event is being delivered.
/// </summary>
public sealed class EventContext
{
    private Envelope? envelope;
    private bool isReplay;

    /// <summary>The event's id, a UUIDv7, the same on every delivery.</summary>
    public Guid EventId => Delivered.EventId;

    /// <summary>The module that published the event.</summary>
    public string Source => Delivered.Source;

    /// <summary>The event's place in its publisher's log, counted from 1.</summary>
    public long Position => Delivered.Position;

    public string Key => Delivered.Key;

    public DateTimeOffset OccurredAt => Delivered.OccurredAt;

    /// <summary>Shared by everything that one request set off, across modules.</summary>
    public string CorrelationId => Delivered.CorrelationId;

    /// <summary>The subject whose request set it off; null when they did not say who they are.</summary>
    public string? Actor => Delivered.Actor;

    /// <summary>The event that the publisher was reacting to, if it was.</summary>
    public Guid? CausationId => Delivered.CausationId;

    /// <summary>The W3C trace context of the publisher, if it was traced.</summary>
    public string? TraceParent => Delivered.TraceParent;

    /// <summary>
    /// Whether this is history being caught up on, by a new subscriber or a rebuild. Whoever sends mail or calls out
    /// does not do so again then.
    /// </summary>
    public bool IsReplay => Delivered is not null && isReplay;

    internal Envelope? Current => envelope;

    private Envelope Delivered =>
        envelope ?? throw new InvalidOperationException("There is an event's context only while a reaction handles it.");

    internal void Begin(Envelope delivered, bool replay)
    {
        envelope = delivered;
        isReplay = replay;
    }
}
