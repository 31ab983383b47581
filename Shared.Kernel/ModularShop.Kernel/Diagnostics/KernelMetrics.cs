using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ModularShop.Kernel.Diagnostics;

/// <summary>The kernel's metrics of a module, under the meter and activity source <c>ModularShop.Kernel</c>.</summary>
internal sealed class KernelMetrics(string module)
{
    public const string Name = "ModularShop.Kernel";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Units = Meter.CreateCounter<long>("writer.units");
    private static readonly Counter<long> SlowUnits = Meter.CreateCounter<long>("writer.slow_units");
    private static readonly Histogram<double> Commits = Meter.CreateHistogram<double>("writer.commit", "ms");
    private static readonly Counter<long> Delivered = Meter.CreateCounter<long>("events.delivered");
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>("events.failed_attempts");
    private static readonly Counter<long> Dead = Meter.CreateCounter<long>("events.dead_lettered");

    private readonly KeyValuePair<string, object?> tag = new("module", module);

    /// <summary>The processor time of the module's code, while somebody observes it.</summary>
    public ModuleCpu Cpu { get; } = new();

    public void Committed(int units, TimeSpan took)
    {
        Units.Add(units, tag);
        Commits.Record(took.TotalMilliseconds, tag);
    }

    public void SlowUnit() => SlowUnits.Add(1, tag);

    public void EventsDelivered(long count) => Delivered.Add(count, tag);

    public void AttemptFailed() => Failed.Add(1, tag);

    public void DeadLettered() => Dead.Add(1, tag);
}
