using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Splitting;

/// <summary>What it brings to give a module a process of its own, and what it costs. Figures that are not known are null.</summary>
/// <param name="IsAlone">Whether it has a process of its own already: the costs are paid now.</param>
/// <param name="Cpu">The processors that it keeps busy, which the process that it leaves no longer needs.</param>
/// <param name="NoLongerDownWith">The modules that share its process now. If one takes the process down, the others go with it.</param>
/// <param name="ProcessBytes">The memory of a further process without its module.</param>
/// <param name="EventsPerSecond">The events that cross HTTP then, once for each subscriber.</param>
/// <param name="BytesPerSecond">Their bytes on one machine.</param>
/// <param name="CompressedBytesPerSecond">Their bytes between machines.</param>
/// <param name="EventsCpuInBatches">The processors that these events keep busy if many are read at once.</param>
/// <param name="EventsCpuAlone">The same if each event is read by itself.</param>
/// <param name="RequestsPerSecond">The requests that another process passes on, if clients do not go to the new one directly.</param>
/// <param name="RequestExtraMicroseconds">How much later their answers come.</param>
/// <param name="RequestsCpu">The processors that passing them on keeps busy.</param>
internal sealed record Advice(
    string Module,
    bool IsAlone,
    double? Cpu,
    double? CpuShare,
    IReadOnlyList<string> NoLongerDownWith,
    long? ProcessBytes,
    double? EventsPerSecond,
    double? BytesPerSecond,
    double? CompressedBytesPerSecond,
    double? EventsCpuInBatches,
    double? EventsCpuAlone,
    double? RequestsPerSecond,
    double? RequestExtraMicroseconds,
    double? RequestsCpu
)
{
    private const double Micro = 1e-6;

    /// <summary>All that, in words.</summary>
    public string Text => AdviceText.Of(this);

    /// <summary>
    /// The processors that it takes along, less those that its events take at most; null when it is not known. Passing requests on is not
    /// counted: clients can be sent to the new process directly.
    /// </summary>
    public double? Gain => Figures.Round(Cpu - EventsCpuAlone);

    public static Advice Of(
        ReportedModule module,
        IReadOnlyList<ReportedModule> modules,
        IReadOnlyList<ReportedBoundary> boundaries,
        MeasuredCosts costs
    )
    {
        var others = modules.Where(each => each.Process == module.Process && each.Name != module.Name).Select(each => each.Name).ToList();
        var crossing = boundaries
            .Where(boundary => boundary.Source == module.Name || boundary.Subscriber == module.Name)
            .Where(boundary => others.Count == 0 || !boundary.IsBetweenProcesses)
            .ToList();
        double? Sum(Func<FeedCost, double> perEvent) =>
            crossing.Sum(boundary =>
                (boundary.EventsPerSecond is 0 ? 0 : boundary.EventsPerSecond * PerEvent(boundary, perEvent)) ?? double.NaN
            )
                is var sum
            && double.IsNaN(sum)
                ? null
                : Figures.Round(sum);
        double? PerEvent(ReportedBoundary boundary, Func<FeedCost, double> perEvent) =>
            costs.Of(boundary.Source) is { } cost ? perEvent(cost) : null;
        return new Advice(
            module.Name,
            others.Count == 0,
            module.Cpu,
            module.CpuShare,
            others,
            costs.Hop?.ProcessBytes,
            Sum(_ => 1),
            Sum(cost => cost.Bytes),
            Sum(cost => cost.CompressedBytes),
            Sum(cost => cost.MicrosecondsInBatches * Micro),
            Sum(cost => cost.MicrosecondsAlone * Micro),
            module.RequestsPerSecond,
            costs.Hop?.ExtraMicroseconds,
            Figures.Round(module.RequestsPerSecond * costs.Hop?.CpuMicroseconds * Micro)
        );
    }
}
