using System.Text.Json;

namespace ModularShop.Host.CommandLine;

/// <summary>What a shop tells about the process that it runs in.</summary>
internal sealed record ProcessView(int ProcessId, string Runtime, string DataDirectory);

/// <summary>What a shop tells about one of its modules.</summary>
internal sealed record ModuleView(
    string Name,
    string Description,
    string State,
    string? Reason,
    string? Cure,
    string File,
    bool Rebuildable,
    IReadOnlyList<string> ReadCopies,
    IReadOnlyList<string> Publishes,
    IReadOnlyList<string> ListensTo,
    long? Events,
    IReadOnlyList<string> Notices,
    long FileBytes,
    long WalBytes,
    long WalLimit,
    bool WalHoldsErased,
    // What a shop of an older build does not tell is taken to be so.
    bool OwnsData = true
)
{
    /// <summary>Whether the command hosts it, so that it ends with the command.</summary>
    public bool IsHosted { get; init; }

    public bool IsRunning => State == "running";

    public bool IsQuarantined => State == "quarantined";
}

/// <summary>What a shop tells about one module's reading of another one's log.</summary>
internal sealed record SubscriptionView(
    string Subscriber,
    string Source,
    string State,
    long Position,
    long Lag,
    long DeadLetters,
    long Parked,
    long? FillsUntil,
    string? Error
)
{
    /// <summary>
    /// All that its source has published took effect or is a dead letter. A source that is not there has nothing, but what is
    /// only half replayed is not made whole by its leaving.
    /// </summary>
    public bool IsCaughtUp => Lag == 0 && FillsUntil is null && State is "running" or "waiting-for-source";
}

/// <summary>What a shop tells about an event that a module could not apply.</summary>
internal sealed record DeadLetterView(
    long Id,
    string Status,
    string Key,
    int Attempts,
    string? Error,
    string? Stack,
    DateTimeOffset FailedAt,
    string? Reason,
    JsonElement Event
)
{
    /// <summary>The module that could not apply it, where letters of several are listed.</summary>
    public string? Module { get; init; }
}

/// <summary>What became of a dead letter and those parked behind it.</summary>
internal sealed record ReleaseView(int Applied, DeadLetterView? StoppedBy);
