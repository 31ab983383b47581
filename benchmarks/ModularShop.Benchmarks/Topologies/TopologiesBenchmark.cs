using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>The same shop in one process, in several, and behind what passes requests on.</summary>
internal sealed class TopologiesBenchmark : IBenchmark
{
    public string Name => "topologies";

    public string Summary =>
        "Placing an order in one process, in several, through the gateway and through nginx; 3 rounds take about 7 minutes.";

    public async Task<string> Run(int rounds)
    {
        var products = new List<Guid>();
        using var filled = await FilledShop.Fill(async imports => products.AddRange(await OrdersBenchmark.ImportProducts(imports)));
        var requests = new OrderRequests(products);
        Arrangement[] arrangements =
        [
            Arrangement.OneProcess,
            Arrangement.Two,
            Arrangement.Four,
            Arrangement.Gateway,
            .. NginxServer.Program is null ? [] : (Arrangement[])[Arrangement.Nginx],
            Arrangement.PlainProxy,
        ];
        if (NginxServer.Program is null)
        {
            Console.WriteLine("nginx is not installed here: it is left out.");
        }
        var figures = await Rounds.Alternate(
            rounds,
            [
                .. arrangements.Select(each =>
                    (each.Name, (Func<Task<TopologyFigures>>)(() => new TopologyRound(each, filled, requests).Run()))
                ),
            ],
            Say
        );
        return new TopologiesSection(arrangements.Zip(figures).ToDictionary(pair => pair.First, pair => pair.Second)).ToString();
    }

    private static string Say(TopologyFigures round) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{round.PerSecond:0}/s, {round.CpuMicroseconds:0} + {round.ProxyMicroseconds:0} us CPU; "
                + $"acknowledged after {round.AcknowledgedP50:0.00} ms (p99 {round.AcknowledgedP99:0.0}), "
                + $"visible {round.Paced.P50:0.00} ms later (p99 {round.Paced.P99:0.0}); {round.Memory.Resident / 1e6:0} MB"
        );
}
