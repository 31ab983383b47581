using ModularShop.Benchmarks.Bus.InMemory;
using ModularShop.Benchmarks.Bus.Modular;
using ModularShop.Benchmarks.Bus.Polled;
using ModularShop.Benchmarks.Bus.Raw;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Bus;

/// <summary>Figures of this run set beside each other and beside those of <see cref="BusPeer"/>.</summary>
internal sealed class BusTargets(
    IReadOnlyList<IReadOnlyList<Throughput>> loads,
    IReadOnlyList<IReadOnlyList<Delays>> paces,
    IReadOnlyList<IReadOnlyList<Recovery>> recoveries
)
{
    private const double DrainedWithin = 0.5;

    private IReadOnlyList<Throughput> Ours => Load(ModularBus.Name, BusBenchmark.Publishers);

    private IReadOnlyList<Throughput> Raw => Load(SingleCommits.Name, 1);

    /// <summary>Each target with what was measured, and whether it holds.</summary>
    public MarkdownTable Targets()
    {
        var wolverine = BusPeer.Wolverine;
        var (accepted, endToEnd) = Against(wolverine);
        var p99 = paces[Index(ModularBus.Name, BusPeer.DelayedAt)].Median(delays => delays.P99) / wolverine.DelayP99!.Value;
        var sameDisk = p99 * Raw.Median(load => load.Accepted) / BusPeer.RawSingleCommits;
        var kills = recoveries[0];
        var drained = kills.Median(kill => kill.Drained);
        var (missing, duplicates) = (kills.Sum(kill => kill.Lost + kill.Missing), kills.Sum(kill => kill.Duplicates));
        return new MarkdownTable("target", "asked", "measured", "holds")
            .Row(
                $"accepted/s at {BusBenchmark.Publishers} publishers to Wolverine's, normalised",
                $"8x",
                $"{accepted:0.0}x",
                $"{AtLeast(accepted, 8)}"
            )
            .Row($"end to end/s, likewise", $"10x", $"{endToEnd:0.0}x", $"{AtLeast(endToEnd, 10)}")
            .Row(
                $"commit to applied p99 at {BusPeer.DelayedAt}/s to Wolverine's, normalised",
                $"0.20x",
                $"{sameDisk:0.00}x ({p99:0.00}x as it is)",
                $"{AtMost(sameDisk, 0.2)}"
            )
            .Row(
                $"events missing after {kills.Count} kills with {BusBenchmark.Undelivered:N0} undelivered",
                $"0",
                $"{missing}",
                $"{(missing == 0 ? "yes" : "no")}"
            )
            .Row($"duplicate effects after them", $"0", $"{duplicates}", $"{(duplicates == 0 ? "yes" : "no")}")
            .Row(
                $"drained after them, from the start of the pump",
                $"{DrainedWithin} s",
                $"{drained:0.00} s",
                $"{AtMost(drained, DrainedWithin)}"
            );
    }

    /// <summary>Ours to others' of the same rounds.</summary>
    public MarkdownTable Ratios()
    {
        var table = new MarkdownTable(
            "ModularShop to",
            "publishers",
            "accepted/s",
            "end to end/s",
            "publish p99",
            "CPU an order",
            "written an order"
        );
        foreach (
            var (contender, publishers) in (ReadOnlySpan<(string, int)>)
                [
                    (PolledOutbox.Name, 1),
                    (PolledOutbox.Name, BusBenchmark.Publishers),
                    (InMemoryBus.Name, 1),
                    (InMemoryBus.Name, BusBenchmark.Publishers),
                    (GroupCommits.Name, BusBenchmark.Publishers),
                ]
        )
        {
            var (ours, theirs) = (Load(ModularBus.Name, publishers), Load(contender, publishers));
            table.Row(
                $"{contender}",
                $"{publishers}",
                $"{ours.Ratio(theirs, load => load.Accepted):0.00}x",
                $"{ours.Ratio(theirs, load => load.EndToEnd!.Value):0.00}x",
                $"{ours.Ratio(theirs, load => load.P99):0.00}x",
                $"{ours.Ratio(theirs, load => load.Cpu):0.00}x",
                $"{ours.Ratio(theirs, load => load.Written):0.00}x"
            );
        }
        return table;
    }

    /// <summary>The peers' figures, as shares of the raw single commits there, and ours of those here to them.</summary>
    public MarkdownTable Peers()
    {
        var table = new MarkdownTable(
            "elsewhere, 32 clients",
            "accepted/s",
            "end to end/s",
            "ModularShop's, normalised",
            "after SIGKILL with 1,600 undelivered",
            "commit to applied p50 / p99 ms at 200/s",
            "written an order KB"
        );
        foreach (var peer in BusPeer.All)
        {
            var (accepted, endToEnd) = Against(peer);
            table.Row(
                $"{peer.Name}",
                $"{peer.Accepted:0}",
                $"{peer.EndToEnd:0}",
                $"{accepted:0.0}x, {endToEnd:0.0}x",
                $"{peer.AfterKill}",
                $"{(peer.DelayP99 is null ? "" : FormattableString.Invariant($"{peer.DelayP50:0.00} / {peer.DelayP99:0.00}"))}",
                $"{peer.WrittenKilobytes:0.0}"
            );
        }
        return table;
    }

    // What each reached of the raw single commits of its own machine and day.
    private (double Accepted, double EndToEnd) Against(BusPeer peer) =>
        (
            Ours.Ratio(Raw, load => load.Accepted) / (peer.Accepted / BusPeer.RawSingleCommits),
            Sample.Median(Ours.Zip(Raw, (ours, raw) => ours.EndToEnd!.Value / raw.Accepted)) / (peer.EndToEnd / BusPeer.RawSingleCommits)
        );

    private IReadOnlyList<Throughput> Load(string contender, int publishers) =>
        loads[BusBenchmark.Loads.ToList().FindIndex(load => load.Contender == contender && load.Publishers == publishers)];

    private static int Index(string contender, int perSecond) => BusBenchmark.Paces.ToList().IndexOf((contender, perSecond));

    private static FormattableString AtLeast(double measured, double asked) =>
        $"{(measured >= asked ? "yes" : "no")}, {measured / asked:0.00} times what was asked";

    private static FormattableString AtMost(double measured, double asked) =>
        $"{(measured <= asked ? "yes" : "no")}, {measured / asked:0.00} times what was allowed";
}
