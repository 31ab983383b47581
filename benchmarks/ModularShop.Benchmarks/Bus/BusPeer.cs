namespace ModularShop.Benchmarks.Bus;

/// <summary>
/// What a durable .NET peer reached on the same work, measured once, on another machine of this kind and another day: from the
/// registries that this was built with, none of them can be restored whole.
/// </summary>
/// <param name="DelayP50">Milliseconds from commit to applied at <see cref="DelayedAt"/> orders a second, where that was measured.</param>
internal sealed record BusPeer(
    string Name,
    double Accepted,
    double EndToEnd,
    string AfterKill,
    double? DelayP50 = null,
    double? DelayP99 = null,
    double? WrittenKilobytes = null
)
{
    /// <summary>Raw single commits a second there.</summary>
    public const double RawSingleCommits = 5200;

    public const int DelayedAt = 200;

    public static BusPeer Wolverine { get; } =
        new("Wolverine 6.62, SQLite queues", 1049, 687, "0 missing, 1 to 4 duplicates, drained in 8 to 11 s", 0.26, 1.10, 25.6);

    public static IReadOnlyList<BusPeer> All { get; } =
    [
        Wolverine,
        new("CAP 10, SQLite, queue in memory", 753, 399, "635 of 637 not recovered in 25 min", 0.52, 5.67, 66),
        new("MassTransit 8.5, EF outbox (`NORMAL`)", 674, 199, "631 to 749 lost for good"),
    ];
}
