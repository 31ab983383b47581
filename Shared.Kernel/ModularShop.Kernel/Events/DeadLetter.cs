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
    bool Replay,
    int Attempts,
    string? Error,
    string? Stack,
    DateTimeOffset FailedAt,
    string? Reason
);
