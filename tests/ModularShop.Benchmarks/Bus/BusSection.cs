using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Bus;

/// <summary>The section of the results.</summary>
internal sealed class BusSection(
    int rounds,
    IReadOnlyList<IReadOnlyList<Throughput>> loads,
    IReadOnlyList<IReadOnlyList<Delays>> paces,
    IReadOnlyList<IReadOnlyList<Recovery>> recoveries
)
{
    public override string ToString()
    {
        var targets = new BusTargets(loads, paces, recoveries);
        return new StringBuilder()
            .AppendLine("## The bus alone")
            .AppendLine()
            .AppendLine(
                "Without HTTP: an order and its event of about 400 bytes in one file, and a subscriber in the same process that upserts a"
            )
            .AppendLine(
                "row an event in another file. `synchronous=FULL` for all; each contender in a process of its own, on new files each time."
            )
            .AppendLine()
            .AppendLine(Text($"- {Machine.Describe()}"))
            .AppendLine(
                Text(
                    $"- {rounds} rounds in alternation, {BusBenchmark.Orders:N0} orders each (half with one publisher, {BusBenchmark.OrdersOfTheSlow:N0} for the polled outbox and MediatR with files) after a warm-up of {BusRun.WarmUp:N0}; medians, and medians of the rounds' ratios"
                )
            )
            .AppendLine(
                "- ModularShop and the MediatR contenders get a command in a scope of its own, as a request has it. Those use EF Core, and so"
            )
            .AppendLine(
                "  does *ModularShop, EF Core*; *ModularShop* writes in prepared SQL by hand, *Insert and AddUp* as the shop's own modules do"
            )
            .AppendLine(
                "- the polled outbox is polled once a second, handles all that is there, one message a transaction, and has an inbox"
            )
            .AppendLine("- *MediatR in memory* loses what a crash comes between; *dispatch only* touches no file")
            .AppendLine("- *raw*: prepared statements on one connection; the group commit has a subscriber too, the single commit has none")
            .AppendLine(
                "- *end to end*: until the subscriber has committed the last one; *written*: what the kernel counts as sent to the disk"
            )
            .AppendLine()
            .Append(Throughputs())
            .AppendLine()
            .Append(targets.Ratios())
            .AppendLine()
            .AppendLine("From the commit in the publisher's file to the commit in the subscriber's, at a steady pace:")
            .AppendLine()
            .Append(DelaysAtPace())
            .AppendLine()
            .AppendLine(
                Text(
                    $"Killed by SIGKILL with {BusBenchmark.Undelivered:N0} orders acknowledged and none delivered, and started again; counted with plain SQLite:"
                )
            )
            .AppendLine()
            .Append(Recoveries())
            .AppendLine()
            .AppendLine(
                "Durable .NET peers, as measured elsewhere on another day, as their packages do not restore here. *Normalised*: each as a"
            )
            .AppendLine(
                Text(
                    $"share of the raw single commits of its own machine, {BusPeer.RawSingleCommits:0}/s there. That rate goes from 400 to 5,800 with the disk's mood, and"
                )
            )
            .AppendLine(
                "group commit feels a slow disk less than others do: the normalised ratios are only as good as that. How long the peers took"
            )
            .AppendLine("to accept an order was not measured there, so that the target for p99 is set against their commit to applied.")
            .AppendLine()
            .Append(targets.Peers())
            .AppendLine()
            .Append(targets.Targets())
            .ToString();
    }

    private MarkdownTable Throughputs()
    {
        var table = new MarkdownTable(
            "contender",
            "publishers",
            "accepted/s",
            "end to end/s",
            "publish p50 / p99 / p99.9 ms",
            "CPU µs an order",
            "allocated KB an order",
            "peak MB",
            "written KB an order",
            "on disk KB an order"
        );
        foreach (var (load, figures) in BusBenchmark.Loads.Zip(loads))
        {
            table.Row(
                $"{load.Contender}",
                $"{load.Publishers}",
                $"{figures.Median(f => f.Accepted):0}",
                $"{(figures[0].EndToEnd is null ? "" : Text($"{figures.Median(f => f.EndToEnd!.Value):0}"))}",
                $"{figures.Median(f => f.P50):0.000} / {figures.Median(f => f.P99):0.00} / {figures.Median(f => f.P999):0.00}",
                $"{figures.Median(f => f.Cpu):0}",
                $"{figures.Median(f => f.Allocated) / 1e3:0.0}",
                $"{figures.Median(f => f.Peak):0}",
                $"{figures.Median(f => f.Written) / 1e3:0.0}",
                $"{figures.Median(f => f.OnDisk) / 1e3:0.00}"
            );
        }
        return table;
    }

    private MarkdownTable DelaysAtPace()
    {
        var table = new MarkdownTable("contender", "orders/s", "p50 ms", "p99 ms");
        foreach (var (pace, delays) in BusBenchmark.Paces.Zip(paces))
        {
            table.Row($"{pace.Contender}", $"{pace.PerSecond}", $"{delays.Median(d => d.P50):0.00}", $"{delays.Median(d => d.P99):0.00}");
        }
        return table;
    }

    private MarkdownTable Recoveries()
    {
        var table = new MarkdownTable(
            "contender",
            "drained, from the start of the pump",
            "from the start of the process",
            "acknowledged but lost",
            "missing effects",
            "duplicate effects"
        );
        foreach (var (contender, kills) in BusBenchmark.Durable.Zip(recoveries))
        {
            table.Row(
                $"{contender}",
                $"{kills.Median(kill => kill.Drained):0.00} s",
                $"{kills.Median(kill => kill.SinceStart):0.00} s",
                $"{kills.Sum(kill => kill.Lost)}",
                $"{kills.Sum(kill => kill.Missing)}",
                $"{kills.Sum(kill => kill.Duplicates)}"
            );
        }
        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
