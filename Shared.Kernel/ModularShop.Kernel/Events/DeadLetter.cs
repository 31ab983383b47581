namespace ModularShop.Kernel.Events;

internal static class DeadLetterStatus
{
    /// <summary>Its handler failed for good; a person decides.</summary>
    public const string Dead = "dead";

    /// <summary>Waits, undelivered, behind a dead letter of the same key.</summary>
    public const string Parked = "parked";

    /// <summary>Given up on, for the reason that is kept with it.</summary>
    public const string Discarded = "discarded";
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
);

/// <summary>What dead letters mean for an event that is read.</summary>
internal enum Verdict
{
    Deliver,

    /// <summary>It waits behind a dead letter of its key.</summary>
    Park,

    /// <summary>It is a letter already: it was given up on before a rebuild, or waits.</summary>
    Skip,
}
