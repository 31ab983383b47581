using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>The section of the results.</summary>
internal sealed class TopologiesSection(IReadOnlyDictionary<Arrangement, IReadOnlyList<TopologyFigures>> figures)
{
    // Of the orders a second of one process.
    private const double MostForTheBus = 0.10;

    private readonly IReadOnlyList<TopologyFigures> one = figures[Arrangement.OneProcess];

    public override string ToString() =>
        new StringBuilder().AppendLine(Introduction()).AppendLine(Table().ToString()).AppendLine(Verdicts()).ToString();

    private string Introduction() =>
        Invariant(
            $"""
            ## The same shop in several processes

            `POST /orders/v1/orders` with {OrderRequests.Lines} lines over loopback HTTP, to the real host:

            - **a**: all modules in one process
            - **b**: Orders in a process of its own, the other modules in a second one; clients ask each process directly
            - **c**: each of the four modules in a process of its own; clients ask each process directly
            - **b, through the gateway**: all requests go to the process of the other modules, which passes the orders on
            - **b, through nginx**: {(
                NginxServer.Program is null
                    ? "not measured, because nginx is not installed on this machine"
                    : "nginx with the configuration that `topology export --format nginx` writes"
            )}
            - **b, through a plain proxy**: a process that only has Kestrel and .NET's HTTP client, to show what the way through one more
              process costs in any case; orders only

            At the end of each round the files are audited: every order is there once, and the sums of the copy are right.

            - {Machine.Describe()}; the clients share the cores
            - {one.Count} rounds in alternation, new files and new processes each time, {TopologyRound.WarmUp} orders to warm up; medians, in brackets the ratio to a in the same round
            - *orders/s* and *CPU*: {TopologyRound.Clients} clients without a pause, {TopologyRound.Measured.TotalSeconds} s; CPU until the last order is applied, of all processes of the shop; after the plus sign, of the proxy in front
            - *acknowledged*, *visible*: {TopologyRound.Pace} orders a second from {VisibleRun.Clients} clients, {TopologyRound.Measured.TotalSeconds} s. Visible is the time from the acknowledgement until the order is in the answer of PurchaseHistory, which is asked again and again for every {TopologyRound.Watched.Watched}th order
            - *memory*: after all of that, all processes of the shop, and after the plus sign the proxy; the proportional size counts pages that processes share once

            """
        );

    private MarkdownTable Table()
    {
        var table = new MarkdownTable(
            "",
            "orders/s",
            "CPU µs/order",
            "acknowledged p50 ms",
            "p99 ms",
            "visible p50 ms",
            "p99 ms",
            "resident MB",
            "proportional MB"
        );
        foreach (var (arrangement, rounds) in figures)
        {
            var hasProxy = arrangement.Front is Front.Nginx or Front.PlainProxy;
            string Ratio(Func<TopologyFigures, double> figure) =>
                arrangement == Arrangement.OneProcess ? "" : Invariant($" ({rounds.Ratio(one, figure):0.00})");
            string Cell(Func<TopologyFigures, double> figure, string format) =>
                rounds.Median(figure).ToString(format, CultureInfo.InvariantCulture) + Ratio(figure);
            string Sum(Func<TopologyFigures, double> shop, Func<TopologyFigures, double> proxy) =>
                Invariant($"{rounds.Median(shop):0}")
                + (hasProxy ? Invariant($" + {rounds.Median(proxy):0}") : "")
                + Ratio(round => shop(round) + proxy(round));
            table.Row(
                $"**{arrangement.Name}**",
                $"{Cell(f => f.PerSecond, "0")}",
                $"{Sum(f => f.CpuMicroseconds, f => f.ProxyMicroseconds)}",
                $"{Cell(f => f.AcknowledgedP50, "0.00")}",
                $"{Cell(f => f.AcknowledgedP99, "0.0")}",
                $"{Cell(f => f.Paced.P50, "0.00")}",
                $"{Cell(f => f.Paced.P99, "0.0")}",
                $"{Sum(f => f.Memory.Resident / 1e6, f => f.ProxyMemory.Resident / 1e6)}",
                $"{Sum(f => f.Memory.Proportional / 1e6, f => f.ProxyMemory.Proportional / 1e6)}"
            );
        }
        return table;
    }

    private string Verdicts()
    {
        var kept = figures[Arrangement.Two].Ratio(one, f => f.PerSecond);
        var text = new StringBuilder().AppendLine(
            Invariant(
                $"- The bus between processes costs under {MostForTheBus:P0} of the orders a second (b to a): {Lost(kept)}: {Setting.Holds(kept > 1 - MostForTheBus)}"
            )
        );
        foreach (var arrangement in figures.Keys.Where(arrangement => arrangement.Front is not Front.None))
        {
            text.AppendLine(Cost(arrangement));
        }
        return text.ToString();
    }

    private string Cost(Arrangement arrangement)
    {
        var (direct, through) = (figures[Arrangement.Two], figures[arrangement]);
        double Added(Func<TopologyFigures, double> figure) =>
            Sample.Median(through.Zip(direct, (with, without) => figure(with) - figure(without)));
        return Invariant(
            $"- {arrangement.Name}, to b asked directly: orders/s {Lost(through.Ratio(direct, f => f.PerSecond))}, CPU {Added(f => f.AllMicroseconds):+0;-0} µs an order, acknowledged p50 {Added(f => f.AcknowledgedP50):+0.00;-0.00} ms"
        );
    }

    private static string Lost(double ratio) => Invariant($"{100 * (ratio - 1):+0.0;-0.0} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
