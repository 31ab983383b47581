using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.Splitting;

/// <summary>The figures by which a team chooses which module to give a process of its own.</summary>
/// <param name="Seconds">How long the shop was observed.</param>
/// <param name="IsAtRest">Whether no request came and no event was published meanwhile.</param>
/// <param name="Cycles">Groups of modules that listen to each other.</param>
/// <param name="Advice">The modules, those first that bring the most for what they cost.</param>
/// <param name="Notes">How to read the figures, and what is missing.</param>
internal sealed record SplitReport(
    double Seconds,
    bool IsAtRest,
    IReadOnlyList<ReportedProcess> Processes,
    IReadOnlyList<ReportedModule> Modules,
    IReadOnlyList<ReportedBoundary> Boundaries,
    IReadOnlyList<IReadOnlyList<string>> Cycles,
    MeasuredCosts Measured,
    IReadOnlyList<Advice> Advice,
    IReadOnlyList<string> Notes
)
{
    public static async Task<SplitReport> Make(HttpClient http, int seconds, CancellationToken ct)
    {
        var processes = await http.Get<IReadOnlyList<ProcessLoadView>>($"/admin/v1/load?seconds={seconds}", ct);
        var subscriptions = await http.Get<IReadOnlyList<SubscriptionView>>("/admin/v1/subscriptions", ct);
        var modules = await http.Get<IReadOnlyList<ModuleView>>("/admin/v1/modules", ct);
        return Of(processes, modules, subscriptions, await MeasuredCosts.Measure(http, modules, ct));
    }

    public static SplitReport Of(
        IReadOnlyList<ProcessLoadView> processes,
        IReadOnlyList<ModuleView> modules,
        IReadOnlyList<SubscriptionView> subscriptions,
        MeasuredCosts costs
    )
    {
        var reported = modules.Select(module => ReportedModule.Of(module, processes, subscriptions)).ToList();
        var cycles = Splitting.Cycles.In([.. subscriptions.Select(each => (each.Source, each.Subscriber))]);
        var boundaries = subscriptions.Select(each => ReportedBoundary.Of(each, modules, reported, processes, cycles)).ToList();
        var report = new SplitReport(
            processes[0].Seconds,
            reported.TrueForAll(module => module is { RequestsPerSecond: 0 or null, EventsPerSecond: 0 or null }),
            [.. processes.Select(ReportedProcess.Of)],
            reported,
            boundaries,
            cycles,
            costs,
            [
                .. reported
                    .Select(module => Splitting.Advice.Of(module, reported, boundaries, costs))
                    .OrderByDescending(advice => advice.Gain ?? double.NegativeInfinity),
            ],
            Notes: []
        );
        return report with { Notes = [.. ReportNotes.Of(report)] };
    }
}
