namespace ModularShop.Kernel.Events;

internal static class DeadLetterStatus
{
    /// <summary>All attempts to handle the event failed. A person decides what happens next.</summary>
    public const string Dead = "dead";

    /// <summary>Not delivered yet: the event waits behind a dead letter with the same key.</summary>
    public const string Parked = "parked";

    /// <summary>A person gave the event up. The reason is stored with it.</summary>
    public const string Discarded = "discarded";

    public static readonly IReadOnlyList<string> All = [Dead, Parked, Discarded];
}

/// <summary>An event that a subscriber could not apply, or that waits behind one.</summary>
internal sealed record DeadLetter(
    long Id,
    string Status,
    Envelope Envelope,
    Occasion Occasion,
    int Attempts,
    string? Error,
    string? Stack,
    DateTimeOffset FailedAt,
    string? Reason
)
{
    /// <summary>The approximate length of its texts.</summary>
    public long Characters => Envelope.Payload.Length + (Error?.Length ?? 0) + (Stack?.Length ?? 0) + (Reason?.Length ?? 0);
}

/// <summary>What the existing dead letters mean for an event that was read from the log.</summary>
internal enum Verdict
{
    Deliver,

    /// <summary>The event must wait behind a dead letter with its key.</summary>
    Park,

    /// <summary>The event has a dead letter already: it was discarded before a rebuild, or it waits.</summary>
    Skip,
}
