using System.Text.Json;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Operations;

/// <summary>The process that a shop runs in, as <c>/admin/v1/process</c> tells it.</summary>
/// <param name="Runtime">The version of .NET.</param>
public sealed record ProcessView(int ProcessId, string Runtime, string DataDirectory);

/// <summary>A module, as <c>/admin/v1/modules</c> tells it.</summary>
/// <param name="Reason">What is wrong; null when nothing is.</param>
/// <param name="Cure">What to do about it, where that is known.</param>
/// <param name="File">The name of its file.</param>
/// <param name="Events">How many events its log has; null when it does not run.</param>
/// <param name="Notices">What a person should know after a change of the code.</param>
/// <param name="WalLimit">Bytes of the write-ahead log above which it is emptied.</param>
/// <param name="WalHoldsErased">Whether what was erased may still stand in the write-ahead log, as a reader stays open.</param>
/// <param name="OwnsData">Taken to be so of a shop of an older build, which does not tell it.</param>
public sealed record ModuleView(
    string Name,
    string Description,
    ModuleState State,
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
    bool OwnsData = true
);

/// <summary>One module's reading of another one's log, as <c>/admin/v1/subscriptions</c> tells it.</summary>
/// <param name="Lag">Events of the source's log that were not read yet.</param>
/// <param name="FillsUntil">The position at which the read copies of the source are whole again; null when they are.</param>
/// <param name="Error">Why it is retrying or halted.</param>
public sealed record SubscriptionView(
    string Subscriber,
    string Source,
    SubscriptionState State,
    long Position,
    long Lag,
    long DeadLetters,
    long Parked,
    long? FillsUntil,
    string? Error
);

/// <summary>An event that a module could not apply, as <c>/admin/v1/modules/{module}/dead-letters</c> tells it.</summary>
/// <param name="Status">One of dead, parked and discarded.</param>
/// <param name="Stack">The stack of the failure; left out of lists.</param>
/// <param name="Reason">Why it was discarded.</param>
/// <param name="Event">The event as a CloudEvent.</param>
/// <param name="Module">The module that could not apply it; a shop of an older build does not tell it.</param>
public sealed record DeadLetterView(
    long Id,
    string Status,
    string Key,
    int Attempts,
    string? Error,
    string? Stack,
    DateTimeOffset FailedAt,
    string? Reason,
    JsonElement Event,
    string? Module = null
);

/// <summary>What became of a dead letter and those parked behind it.</summary>
/// <param name="Applied">How many events took effect.</param>
/// <param name="StoppedBy">The letter that stopped it, if one did.</param>
public sealed record ReleaseView(int Applied, DeadLetterView? StoppedBy);
