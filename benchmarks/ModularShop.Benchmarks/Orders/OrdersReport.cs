using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>The section of the results.</summary>
internal sealed class OrdersReport(
    IReadOnlyList<string> names,
    IReadOnlyList<IReadOnlyList<LifeFigures>> figures,
    PlacingFigures steady,
    double steadyPeak
)
{
    public const int SteadyClients = 32;

    private readonly IReadOnlyList<LifeFigures> ours = figures[0];

    private readonly (string Name, IReadOnlyList<LifeFigures> Rounds)[] all =
    [
        ($"**{names[0]}**", figures[0]),
        .. names.Zip(figures).Skip(1),
    ];

    public override string ToString()
    {
        return new StringBuilder()
            .AppendLine(Introduction())
            .AppendLine(Placing().ToString())
            .AppendLine(Lives().ToString())
            .AppendLine(Visible().ToString())
            .AppendLine(
                Invariant(
                    $"*Visible*: orders at a fixed pace from {VisibleRun.Clients} clients; every {OrderTaker.Ours.Watched}th (naive: {OrderTaker.Naive.Watched}th) is of a new customer, whose history is then asked for over HTTP until the product is there: without a pause (naive: of {OrderTaker.Naive.Pause.TotalMilliseconds} ms), after 30 ms with pauses of a tenth of the time so far. The asking adds a little: about one answer's time, and load. Who acknowledges less than the pace is overloaded by it."
                )
            )
            .AppendLine()
            .AppendLine(
                Invariant(
                    $"One minute of ours at {SteadyClients} clients: {steady.Acknowledged:0} orders/s, p99.9 {steady.P999:0.0} ms, the slowest of {steady.Load.Count} {steady.Max:0} ms, peak memory {steadyPeak:0} MB."
                )
            )
            .AppendLine()
            .AppendLine(new OrdersTargets(names, figures, steady, steadyPeak).ToString())
            .ToString();
    }

    private string Introduction() =>
        Invariant(
            $"""
            ## Placing an order

            `POST /orders/v1/orders` with {OrderRequests.Lines} lines over loopback HTTP. Each contender is a process of its own:

            - **ours**: the real host with all modules
            - **Wolverine**: Wolverine 6.62 with EF Core: a minimal API with a scoped DbContext, `IDbContextOutbox` for the order and its
              message, the message store in the file of the orders, a durable local queue, `DurabilityMode.Solo`; the handler has a
              transaction and an inbox in the file of the history. Its documentation advises one file for all modules with EF Core;
              that was tried and took a fifth of the orders at 32 clients, as a handler that reads a lot holds the lock that others
              wait for. Its default `synchronous=NORMAL` may lose acknowledged orders in a power cut, and is `FULL` here
            - **Wolverine, patient**: the same with `PRAGMA busy_timeout` on all connections, so that SQLite itself waits for locks
            - **naive**: what people write by hand: a minimal API with a scoped DbContext and a transaction a request, the event in an
              outbox table that is polled once a second and delivered a message a transaction, with an inbox table in the
              subscriber's file
            - **raw**: the ceiling: a minimal API, hand-written prepared statements and group commit for the same rows, in the
              subscriber too, which follows without polling

            All begin with copies of the same files, so with the same schema and indexes, in WAL with `synchronous=FULL`.
            At the end of each round the files are audited: every order is there once, and the sums of the copy are right.

            - {Machine.Describe()}; the clients share the cores
            - {ours.Count} rounds in alternation, new files and a new process each time; {Life.Measured.TotalSeconds} s each after {Life.WarmUp.TotalSeconds} s of warm-up, and {Life.FirstWarmUp.TotalSeconds} s at the start; medians, ratios within each round
            - *to the end*: until the subscriber has applied the last order; CPU, allocations and bytes written are counted until then
            - *applied out of order*: orders that the subscriber applied after a later one

            """
        );

    private MarkdownTable Placing()
    {
        var table = new MarkdownTable(
            "clients",
            "",
            "acknowledged/s",
            "to the end/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "max ms",
            "CPU µs/order",
            "allocated KB/order",
            "written KB/order"
        );
        for (var i = 0; i < Life.Clients.Count; i++)
        {
            var index = i;
            foreach (var (name, lives) in all)
            {
                var rounds = lives.Select(life => life.Placing[index]).ToList();
                table.Row(
                    $"{Life.Clients[index]}",
                    $"{name}",
                    $"{rounds.Median(f => f.Acknowledged):0}",
                    $"{rounds.Median(f => f.EndToEnd):0}",
                    $"{rounds.Median(f => f.P50):0.00}",
                    $"{rounds.Median(f => f.P99):0.0}",
                    $"{rounds.Median(f => f.P999):0.0}",
                    $"{rounds.Median(f => f.Max):0}",
                    $"{rounds.Median(f => f.CpuMicroseconds):0}",
                    $"{rounds.Median(f => f.AllocatedKilobytes):0.0}",
                    $"{rounds.Median(f => f.WrittenKilobytes):0.0}"
                );
            }
            foreach (var (name, peers) in all[1..])
            {
                string Ratio(Func<PlacingFigures, double> figure) =>
                    Invariant($"({ours.Ratio(peers, life => figure(life.Placing[index])):0.00})");
                table.Row(
                    $"",
                    $"(ours to {name})",
                    $"{Ratio(f => f.Acknowledged)}",
                    $"{Ratio(f => f.EndToEnd)}",
                    $"{Ratio(f => f.P50)}",
                    $"{Ratio(f => f.P99)}",
                    $"{Ratio(f => f.P999)}",
                    $"{Ratio(f => f.Max)}",
                    $"{Ratio(f => f.CpuMicroseconds)}",
                    $"{Ratio(f => f.AllocatedKilobytes)}",
                    $"{Ratio(f => f.WrittenKilobytes)}"
                );
            }
        }
        return table;
    }

    private MarkdownTable Lives()
    {
        var table = new MarkdownTable("", "peak memory MB, whole life", "on disk bytes/order", "applied out of order");
        foreach (var (name, lives) in all)
        {
            table.Row(
                $"{name}",
                $"{lives.Median(life => life.PeakMegabytes):0}",
                $"{lives.Median(life => life.BytesOnDisk):0}",
                $"{100 * lives.Median(life => life.OutOfOrder):0.0} %"
            );
        }
        foreach (var (name, peers) in all[1..])
        {
            table.Row(
                $"(ours to {name})",
                $"({ours.Ratio(peers, life => life.PeakMegabytes):0.00})",
                $"({ours.Ratio(peers, life => life.BytesOnDisk):0.00})",
                $""
            );
        }
        return table;
    }

    private MarkdownTable Visible()
    {
        var table = new MarkdownTable("pace, orders/s", "", "acknowledged/s", "visible p50 ms", "visible p99 ms");
        for (var i = 0; i < Life.Paces.Count; i++)
        {
            var index = i;
            foreach (var (name, lives) in all)
            {
                table.Row(
                    $"{Life.Paces[index]}",
                    $"{name}",
                    $"{lives.Median(life => life.Visible[index].Reached):0}",
                    $"{lives.Median(life => life.Visible[index].P50):0.0}",
                    $"{lives.Median(life => life.Visible[index].P99):0.0}"
                );
            }
            foreach (var (name, peers) in all[1..])
            {
                table.Row(
                    $"",
                    $"(ours to {name})",
                    $"",
                    $"({ours.Ratio(peers, life => life.Visible[index].P50):0.000})",
                    $"({ours.Ratio(peers, life => life.Visible[index].P99):0.000})"
                );
            }
        }
        return table;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
