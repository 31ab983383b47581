namespace ModularShop.Kernel.Events;

internal static class DeadLetterStatus
{
    /// <summary>Its handler failed for good; a person decides.</summary>
    public const string Dead = "dead";

    /// <summary>Waits, undelivered, behind a dead letter of the same key.</summary>
    public const string Parked = "parked";

    /// <summary>Given up on, for the reason that is kept with it.</summary>
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
    /// <summary>About how long it is.</summary>
    public long Characters => Envelope.Payload.Length + (Error?.Length ?? 0) + (Stack?.Length ?? 0) + (Reason?.Length ?? 0);
}

/// <summary>What dead letters mean for an event that is read.</summary>
internal enum Verdict
{
    Deliver,

    /// <summary>It waits behind a dead letter of its key.</summary>
    Park,

    /// <summary>It is a letter already: it was given up on before a rebuild, or waits.</summary>
    Skip,
}
