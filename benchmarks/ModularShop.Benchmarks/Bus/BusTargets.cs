using ModularShop.Benchmarks.Bus.InMemory;
using ModularShop.Benchmarks.Bus.Modular;
using ModularShop.Benchmarks.Bus.Polled;
using ModularShop.Benchmarks.Bus.Raw;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.WolverineFx;

namespace ModularShop.Benchmarks.Bus;

/// <summary>Compares the figures of this run. For each target, the better of Wolverine's two settings counts.</summary>
internal sealed class BusTargets(
    IReadOnlyList<IReadOnlyList<Throughput>> loads,
    IReadOnlyList<IReadOnlyList<Delays>> paces,
    IReadOnlyList<IReadOnlyList<Recovery>> recoveries
)
{
    private const double DrainedWithin = 0.5;
    private const int DelayedAt = 200;

    private static readonly string[] Wolverine = [WolverineHost.Name, WolverineHost.Patient];

    private IReadOnlyList<Throughput> Ours => Load(ModularBus.Name, BusBenchmark.Publishers);

    /// <summary>Each target with the measured figure, and whether it is reached.</summary>
    public MarkdownTable Targets()
    {
        var accepted = Wolverine.Min(name => Ours.Ratio(Load(name, BusBenchmark.Publishers), load => load.Accepted));
        var endToEnd = Wolverine.Min(name => Ours.Ratio(Load(name, BusBenchmark.Publishers), load => load.EndToEnd!.Value));
        var p99 = Wolverine.Max(name => Ours.Ratio(Load(name, BusBenchmark.Publishers), load => load.P99));
        var delay = Wolverine.Max(name => Pace(ModularBus.Name).Ratio(Pace(name), delays => delays.P99));
        var kills = recoveries[0];
        var drained = kills.Median(kill => kill.Drained);
        var (missing, duplicates) = (kills.Sum(kill => kill.Lost + kill.Missing), kills.Sum(kill => kill.Duplicates));
        return new MarkdownTable("target", "asked", "measured", "holds")
            .Row($"accepted/s at {BusBenchmark.Publishers} publishers to Wolverine's", $"8x", $"{accepted:0.0}x", $"{AtLeast(accepted, 8)}")
            .Row($"end to end/s, likewise", $"10x", $"{endToEnd:0.0}x", $"{AtLeast(endToEnd, 10)}")
            .Row($"publish p99, likewise", $"0.20x", $"{p99:0.00}x", $"{AtMost(p99, 0.2)}")
            .Row($"commit to applied p99 at {DelayedAt}/s to Wolverine's", $"0.20x", $"{delay:0.00}x", $"{AtMost(delay, 0.2)}")
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

    /// <summary>The ratio of our figures to those of others in the same rounds.</summary>
    public MarkdownTable Ratios()
    {
        var table = new MarkdownTable(
            "of",
            "to",
            "publishers",
            "accepted/s",
            "end to end/s",
            "publish p99",
            "CPU an order",
            "written an order"
        );
        foreach (
            var (ours, contender, publishers) in (ReadOnlySpan<(string, string, int)>)
                [
                    (ModularBus.Name, WolverineHost.Name, 1),
                    (ModularBus.Name, WolverineHost.Name, BusBenchmark.Publishers),
                    (ModularBus.Name, WolverineHost.Patient, 1),
                    (ModularBus.Name, WolverineHost.Patient, BusBenchmark.Publishers),
                    (ModularBus.WithEfCore, WolverineHost.Name, 1),
                    (ModularBus.WithEfCore, WolverineHost.Name, BusBenchmark.Publishers),
                    (ModularBus.WithEfCore, WolverineHost.Patient, 1),
                    (ModularBus.WithEfCore, WolverineHost.Patient, BusBenchmark.Publishers),
                    (ModularBus.Name, PolledOutbox.Name, 1),
                    (ModularBus.Name, PolledOutbox.Name, BusBenchmark.Publishers),
                    (ModularBus.Name, InMemoryBus.Name, 1),
                    (ModularBus.Name, InMemoryBus.Name, BusBenchmark.Publishers),
                    (ModularBus.Name, GroupCommits.Name, BusBenchmark.Publishers),
                ]
        )
        {
            var (mine, theirs) = (Load(ours, publishers), Load(contender, publishers));
            table.Row(
                $"{ours}",
                $"{contender}",
                $"{publishers}",
                $"{mine.Ratio(theirs, load => load.Accepted):0.00}x",
                $"{mine.Ratio(theirs, load => load.EndToEnd!.Value):0.00}x",
                $"{mine.Ratio(theirs, load => load.P99):0.00}x",
                $"{mine.Ratio(theirs, load => load.Cpu):0.00}x",
                $"{mine.Ratio(theirs, load => load.Written):0.00}x"
            );
        }
        return table;
    }

    private IReadOnlyList<Throughput> Load(string contender, int publishers) =>
        loads[BusBenchmark.Loads.ToList().FindIndex(load => load.Contender == contender && load.Publishers == publishers)];

    private IReadOnlyList<Delays> Pace(string contender) => paces[BusBenchmark.Paces.ToList().IndexOf((contender, DelayedAt))];

    private static FormattableString AtLeast(double measured, double asked) =>
        $"{(measured >= asked ? "yes" : "no")}, {measured / asked:0.00} times what was asked";

    private static FormattableString AtMost(double measured, double asked) =>
        $"{(measured <= asked ? "yes" : "no")}, {measured / asked:0.00} times what was allowed";
}
