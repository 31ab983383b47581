using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>A contender's figures for a number of clients, and the resources for each order until its subscriber has applied it.</summary>
internal sealed record PlacingFigures(LoadResult Load, TimeSpan UntilApplied, ResourceUse Use)
{
    // Computed once: the latencies are sorted for each.
    public double P50 { get; } = Load.P50;

    public double P99 { get; } = Load.P99;

    public double P999 { get; } = Load.P999;

    public double Max { get; } = Load.Max;

    public double Acknowledged => Load.PerSecond;

    public double EndToEnd => Load.Count / UntilApplied.TotalSeconds;

    public double CpuMicroseconds => Use.Cpu.TotalMicroseconds / Load.Count;

    public double AllocatedKilobytes => Use.Allocated / 1e3 / Load.Count;

    public double WrittenKilobytes => Use.Written / 1e3 / Load.Count;
}

/// <summary>The time from the acknowledgement of an order until it is visible in the read copy, at a given rate.</summary>
/// <param name="Reached">Orders a second that the contender did acknowledge.</param>
/// <param name="Answers">The milliseconds until each order was acknowledged.</param>
internal sealed record VisibleFigures(double Reached, IReadOnlyList<double> Milliseconds, IReadOnlyList<double> Answers)
{
    public double P50 { get; } = Sample.Percentile(Milliseconds, 50);

    public double P99 { get; } = Sample.Percentile(Milliseconds, 99);
}

/// <summary>The results of one run of a contender.</summary>
/// <param name="Placing">For each of <see cref="Life.Clients"/>.</param>
/// <param name="Visible">For each of <see cref="Life.Paces"/>.</param>
/// <param name="PeakMegabytes">The greatest resident size of the whole life.</param>
/// <param name="OutOfOrder">The share of orders that were applied after a later one.</param>
/// <param name="BytesOnDisk">By which an order made the files grow, after the end.</param>
internal sealed record LifeFigures(
    IReadOnlyList<PlacingFigures> Placing,
    IReadOnlyList<VisibleFigures> Visible,
    double PeakMegabytes,
    double BytesOnDisk,
    double OutOfOrder
);
