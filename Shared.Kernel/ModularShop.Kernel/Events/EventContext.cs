namespace ModularShop.Kernel.Events;

/// <summary>
/// What a reaction can read about the event that it handles, besides its content. Scoped. Every property but <see cref="IsReplay"/>
/// throws <see cref="InvalidOperationException"/> where no event is being delivered.
/// </summary>
public sealed class EventContext
{
    private Envelope? envelope;
    private bool isReplay;

    /// <summary>The event's id, a UUIDv7, the same on every delivery.</summary>
    public Guid EventId => Delivered.EventId;

    /// <summary>The module that published the event.</summary>
    public string Source => Delivered.Source;

    /// <summary>The event's position in its publisher's log, counted from 1.</summary>
    public long Position => Delivered.Position;

    public string Key => Delivered.Key;

    public DateTimeOffset OccurredAt => Delivered.OccurredAt;

    /// <summary>Shared by everything that one request caused, in all modules.</summary>
    public string CorrelationId => Delivered.CorrelationId;

    /// <summary>The subject whose request caused the event; null for an anonymous request.</summary>
    public string? Actor => Delivered.Actor;

    /// <summary>The id of the event that the publisher was reacting to; null when there was none.</summary>
    public Guid? CausationId => Delivered.CausationId;

    /// <summary>The W3C trace context of the publisher; null when it was not traced.</summary>
    public string? TraceParent => Delivered.TraceParent;

    /// <summary>
    /// Whether the event is history that a new subscriber or a rebuild catches up on. A reaction that sends mail or calls another
    /// system must not do so again then.
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
