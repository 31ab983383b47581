using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.WolverineFx;

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
            .AppendLine(Introduction())
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
            .AppendLine("Of Wolverine's two settings the better one counts, for each target:")
            .AppendLine()
            .Append(targets.Targets())
            .ToString();
    }

    private string Introduction() =>
        Text(
            $"""
            ## The bus alone

            Without HTTP: an order and its event of about 400 bytes in one file, and a subscriber in the same process that upserts a
            row an event in another file. `synchronous=FULL` for all; each contender in a process of its own, on new files each time.

            - {Machine.Describe()}
            - {rounds} rounds in alternation, {BusBenchmark.Orders:N0} orders each (half with one publisher, {BusBenchmark.OrdersOfTheSlow:N0} for the polled outbox and MediatR with files) after a warm-up of {BusRun.WarmUp:N0}; medians, and medians of the rounds' ratios
            - ModularShop and the MediatR contenders get a command in a scope of its own, as a request has it. Those use EF Core, and so
              does *ModularShop, EF Core*; *ModularShop* inserts the order in prepared SQL, as the shop's own Orders module does
            - *{WolverineHost.Name}*: Wolverine 6.62 with EF Core: its message store in the publisher's file, `IDbContextOutbox` in a scope of
              its own for an order and its message, a durable local queue, `DurabilityMode.Solo`, code generated at run time, a few
              retries of SQLite's errors; the subscriber's handler has a transaction and an inbox in its own file. Its documentation
              advises one file for all modules with EF Core; there a handler holds the lock that publishers wait for, which took most
              of the throughput of *Placing an order*. Its default `synchronous=NORMAL` may lose acknowledged orders in a power cut,
              and is `FULL` here
            - *{WolverineHost.Patient}*: the same with `PRAGMA busy_timeout` of {BusyTimeout.Milliseconds} ms on all connections, so that SQLite itself
              waits for locks and looks again after milliseconds; else Microsoft.Data.Sqlite waits, and looks again after 150 ms
            - the polled outbox is polled once a second, handles all that is there, one message a transaction, and has an inbox
            - *MediatR in memory* loses what a crash comes between; *dispatch only* touches no file
            - *raw*: prepared statements on one connection; the group commit has a subscriber too, the single commit has none
            - *end to end*: until the subscriber has committed the last one; *written*: what the kernel counts as sent to the disk; *out
              of order*: effects that came after that of a later order
            - after each run the files are audited: every order has one effect, and the totals agree

            """
        );

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
            "on disk KB an order",
            "out of order"
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
                $"{figures.Median(f => f.OnDisk) / 1e3:0.00}",
                $"{(figures[0].OutOfOrder is null ? "" : Text($"{100 * figures.Median(f => f.OutOfOrder!.Value):0.0} %"))}"
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
            "duplicate effects",
            "out of order"
        );
        foreach (var (contender, kills) in BusBenchmark.Durable.Zip(recoveries))
        {
            table.Row(
                $"{contender}",
                $"{kills.Median(kill => kill.Drained):0.00} s",
                $"{kills.Median(kill => kill.SinceStart):0.00} s",
                $"{kills.Sum(kill => kill.Lost)}",
                $"{kills.Sum(kill => kill.Missing)}",
                $"{kills.Sum(kill => kill.Duplicates)}",
                $"{100 * kills.Median(kill => kill.OutOfOrder):0.0} %"
            );
        }
        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
