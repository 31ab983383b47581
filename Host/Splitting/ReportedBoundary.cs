using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.Splitting;

/// <summary>One module's listening to another one in the report. Figures that are not known are null.</summary>
/// <param name="IsBetweenProcesses">Whether the two modules run in different processes now.</param>
/// <param name="EventsPerSecond">The events that the source publishes. All of them cross, also those that are not handled.</param>
/// <param name="BytesPerSecond">The bytes of their payloads.</param>
/// <param name="HandledShare">The share of the events that the subscriber handles; null when there are none.</param>
/// <param name="AppliedPerSecond">The events that the subscriber has passed.</param>
/// <param name="Events">The number of events in the source's log.</param>
/// <param name="AgeMilliseconds">How old the subscriber's knowledge of the source is; null when it is not known.</param>
/// <param name="IsInCycle">Whether the source hears of the subscriber too, directly or by way of others.</param>
internal sealed record ReportedBoundary(
    string Source,
    string Subscriber,
    bool IsBetweenProcesses,
    double? EventsPerSecond,
    double? BytesPerSecond,
    double? HandledShare,
    double? AppliedPerSecond,
    long? Events,
    long? Lag,
    double? AgeMilliseconds,
    string State,
    string? Problem,
    bool IsInCycle
)
{
    public static IReadOnlyList<string> Columns { get; } =
    [
        "From",
        "To",
        "Events/s",
        "KB/s",
        "Handled %",
        "Applied/s",
        "Events in all",
        "Lag",
        "Age ms",
        "State",
        "Between processes",
        "In a cycle",
    ];

    public static ReportedBoundary Of(
        SubscriptionView subscription,
        IReadOnlyList<ModuleView> modules,
        IReadOnlyList<ReportedModule> reported,
        IReadOnlyList<ProcessLoadView> processes,
        IReadOnlyList<IReadOnlyList<string>> cycles
    )
    {
        ReportedModule? Find(string name) => reported.FirstOrDefault(module => module.Name == name);
        var (source, subscriber) = (Find(subscription.Source), Find(subscription.Subscriber));
        var handled = modules.FirstOrDefault(module => module.Name == subscription.Subscriber)?.ListensTo ?? [];
        var sizes = processes
            .SelectMany(process => process.Modules)
            .FirstOrDefault(module => module.Name == subscription.Source && module.Problem is null)
            ?.Sizes;
        var reader = processes.FirstOrDefault(process => process.Subscriptions.Any(Is));
        return new ReportedBoundary(
            subscription.Source,
            subscription.Subscriber,
            source?.Process != subscriber?.Process,
            source?.EventsPerSecond,
            source?.EventsPerSecond is 0 ? 0 : Figures.Round(source?.EventsPerSecond * source?.BytesPerEvent),
            Figures.Share(sizes?.Where(size => handled.Contains(size.Name)).Sum(size => size.Count), sizes?.Sum(size => size.Count)),
            Figures.Share(reader?.Subscriptions.First(Is).Applied, reader?.Seconds),
            source?.Events,
            source?.Events is not null && reader is not null ? subscription.Lag : null,
            reader?.Subscriptions.First(Is).AgeSeconds is { } age ? Figures.Round(age * 1000) : null,
            subscription.StateName,
            source?.Problem ?? subscriber?.Problem ?? (source is null ? "The source does not run in this shop." : null),
            cycles.Any(cycle => cycle.Contains(subscription.Source) && cycle.Contains(subscription.Subscriber))
        );

        bool Is(SubscriptionLoadView view) => view.Subscriber == subscription.Subscriber && view.Source == subscription.Source;
    }

    public IReadOnlyList<string?> Cells() =>
        [
            Source,
            Subscriber,
            Figures.Text(EventsPerSecond),
            Figures.Kilobytes(BytesPerSecond),
            Figures.Percent(HandledShare),
            Figures.Text(AppliedPerSecond),
            Figures.Text(Events),
            Figures.Text(Lag),
            Figures.Text(AgeMilliseconds),
            State,
            IsBetweenProcesses ? "yes" : "no",
            IsInCycle ? "yes" : "no",
        ];
}
