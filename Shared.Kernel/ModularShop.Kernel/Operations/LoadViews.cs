namespace ModularShop.Kernel.Operations;

/// <summary>The load of a process over some time, as <c>/admin/v1/load</c> returns it.</summary>
/// <param name="Name">Its name in the topology; null without a topology.</param>
/// <param name="Problem">Why it could not be asked; null when it was.</param>
/// <param name="Seconds">How long it was observed; 0 when only the totals were asked for.</param>
/// <param name="Processors">How many processors it may use.</param>
/// <param name="CpuSeconds">The processor time that it used meanwhile, as the system counts it.</param>
/// <param name="MemoryBytes">The memory of the process in use at the end: the resident set.</param>
/// <param name="ManagedBytes">The part of it that .NET's objects take.</param>
public sealed record ProcessLoadView(
    string? Name,
    string? Problem,
    double Seconds,
    double UptimeSeconds,
    int Processors,
    double CpuSeconds,
    double CpuSecondsSinceStart,
    long MemoryBytes,
    long ManagedBytes,
    IReadOnlyList<ModuleLoadView> Modules,
    IReadOnlyList<SubscriptionLoadView> Subscriptions
);

/// <summary>The load of a module over that time.</summary>
/// <param name="Problem">Why there are no figures: it did not run all the time; null when there are.</param>
/// <param name="CpuSeconds">
/// The processor time that its own code was seen to use: requests, units of work, and the reading of events. Null where the system does not
/// tell. The web server and the runtime are not in it.
/// </param>
/// <param name="Published">The number of events that it published.</param>
/// <param name="Events">The number of events in its log at the end.</param>
/// <param name="CacheBytes">The memory of the page caches of those of its connections that only read and are not in use.</param>
/// <param name="Sizes">
/// The events that it published, by their names, but only the newest if they are many. If there were none, the newest of the log.
/// </param>
public sealed record ModuleLoadView(
    string Name,
    string? Problem,
    long Requests,
    long RequestsSinceStart,
    double? CpuSeconds,
    long Published,
    long Events,
    long CacheBytes,
    IReadOnlyList<EventSizeView> Sizes
);

/// <summary>The number of events with a name, and the bytes of their payloads.</summary>
public sealed record EventSizeView(string Name, long Count, long Bytes);

/// <summary>What a subscription has read over that time.</summary>
/// <param name="Applied">The number of events of the source that it passed, handled or not.</param>
/// <param name="AgeSeconds">How long ago the source was as the subscriber has it at the end; null when it does not follow.</param>
public sealed record SubscriptionLoadView(string Subscriber, string Source, long Applied, double? AgeSeconds);
