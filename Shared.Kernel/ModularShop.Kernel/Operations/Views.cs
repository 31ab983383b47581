using System.Text.Json;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Operations;

/// <summary>The process that answers, as <c>/admin/v1/process</c> returns it.</summary>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="Name">Its name in the topology; null without a topology.</param>
/// <param name="Problem">Why the topology file is not used as it is now; null when it is.</param>
public sealed record ProcessView(int ProcessId, string Runtime, string DataDirectory, string? Name = null, string? Problem = null);

/// <summary>A module, as <c>/admin/v1/modules</c> returns it.</summary>
/// <param name="Reason">What is wrong; null when nothing is.</param>
/// <param name="Cure">What to do about it; null when that is not known.</param>
/// <param name="File">The name of its file.</param>
/// <param name="Events">The number of events in its log; null when the module does not run.</param>
/// <param name="Notices">What an operator should know after a change of the code.</param>
/// <param name="WalLimit">The size in bytes above which the write-ahead log is emptied.</param>
/// <param name="WalHoldsErased">Whether the write-ahead log may still contain erased data, because a reader stays open.</param>
/// <param name="OwnsData">Whether it owns data; true for the answer of an older build, which does not contain this field.</param>
/// <param name="Process">The process that hosts it; null without a topology.</param>
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
    bool OwnsData = true,
    string? Process = null
);

/// <summary>One module's reading of another module's log, as <c>/admin/v1/subscriptions</c> returns it.</summary>
/// <param name="Lag">The number of events of the source's log that are not applied yet.</param>
/// <param name="FillsUntil">The position at which the read copies of the source are complete again; null when they are complete.</param>
/// <param name="Error">Why the subscription is retrying or halted; null otherwise.</param>
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

/// <summary>An event that a module could not apply, as <c>/admin/v1/modules/{module}/dead-letters</c> returns it.</summary>
/// <param name="Status">One of dead, parked and discarded.</param>
/// <param name="Stack">The stack trace of the failure; null in lists.</param>
/// <param name="Reason">Why it was discarded.</param>
/// <param name="Event">The event as a CloudEvent.</param>
/// <param name="Module">The module that could not apply it; null in the answer of an older build.</param>
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

/// <summary>The result of delivering a dead letter and those parked behind it.</summary>
/// <param name="Applied">The number of events that took effect.</param>
/// <param name="StoppedBy">The letter that failed; null when none did.</param>
public sealed record ReleaseView(int Applied, DeadLetterView? StoppedBy);
