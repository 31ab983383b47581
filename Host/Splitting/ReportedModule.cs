using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.Splitting;

/// <summary>A module in the report. Figures that are not known are null.</summary>
/// <param name="Process">The process that hosts it; null without a topology.</param>
/// <param name="Problem">Why figures are not known; null when they are.</param>
/// <param name="Cpu">How many processors its own code kept busy.</param>
/// <param name="CpuShare">The share of that in the processor time of its process.</param>
/// <param name="BytesPerEvent">The mean of its events' payloads; null when it has published none.</param>
/// <param name="CacheBytes">The memory that its readers' page caches take: a part of its memory, and the only one that is known.</param>
/// <param name="Subscribers">The modules that listen to it.</param>
/// <param name="Sources">The modules that it listens to.</param>
internal sealed record ReportedModule(
    string Name,
    string? Process,
    string? Problem,
    double? RequestsPerSecond,
    long? RequestsSinceStart,
    double? Cpu,
    double? CpuShare,
    double? EventsPerSecond,
    long? Events,
    double? BytesPerEvent,
    long? FileBytes,
    long? CacheBytes,
    IReadOnlyList<string> Subscribers,
    IReadOnlyList<string> Sources
)
{
    public static IReadOnlyList<string> Columns { get; } =
    [
        "Module",
        "Process",
        "Requests/s",
        "Requests in all",
        "CPU cores",
        "% of process",
        "Events/s",
        "Events in all",
        "File MB",
        "Page cache MB",
        "Subscribers",
        "Problem",
    ];

    public static ReportedModule Of(
        ModuleView view,
        IReadOnlyList<ProcessLoadView> processes,
        IReadOnlyList<SubscriptionView> subscriptions
    )
    {
        var process = processes.FirstOrDefault(each => each.Name == view.Process);
        var load = process?.Modules.FirstOrDefault(module => module.Name == view.Name);
        var problem = process?.Problem ?? load?.Problem ?? (load is null ? "It did not run there all the time." : null);
        var known = problem is null ? load : null;
        var seconds = process?.Seconds ?? 0;
        return new ReportedModule(
            view.Name,
            view.Process,
            view.IsRunning ? problem : view.Reason ?? problem ?? $"It is {view.StateName}.",
            Figures.Share(known?.Requests, seconds),
            known?.RequestsSinceStart,
            Figures.Share(known?.CpuSeconds, seconds),
            Figures.Share(known?.CpuSeconds, process?.CpuSeconds),
            Figures.Share(known?.Published, seconds),
            known?.Events,
            Figures.Share(known?.Sizes.Sum(size => size.Bytes), known?.Sizes.Sum(size => size.Count)),
            view.IsUnreachable ? null : view.FileBytes + view.WalBytes,
            known?.CacheBytes,
            [.. subscriptions.Where(each => each.Source == view.Name).Select(each => each.Subscriber)],
            [.. subscriptions.Where(each => each.Subscriber == view.Name).Select(each => each.Source)]
        );
    }

    public IReadOnlyList<string?> Cells() =>
        [
            Name,
            Process ?? "-",
            Figures.Text(RequestsPerSecond),
            Figures.Text(RequestsSinceStart),
            Figures.Text(Cpu),
            Figures.Percent(CpuShare),
            Figures.Text(EventsPerSecond),
            Figures.Text(Events),
            Figures.Megabytes(FileBytes),
            Figures.Megabytes(CacheBytes),
            string.Join(", ", Subscribers),
            Problem,
        ];
}
