using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>What one round of an arrangement gave.</summary>
/// <param name="PerSecond">Orders a second at <see cref="TopologyRound.Clients"/> clients.</param>
/// <param name="CpuMicroseconds">An order's share of the CPU time of all processes of the shop, at this load.</param>
/// <param name="ProxyMicroseconds">The same of the processes in front of the shop.</param>
/// <param name="Paced">The times at <see cref="TopologyRound.Pace"/> orders a second.</param>
/// <param name="Memory">Of the processes of the shop, at the end.</param>
/// <param name="ProxyMemory">Of the processes in front of it.</param>
internal sealed record TopologyFigures(
    double PerSecond,
    double CpuMicroseconds,
    double ProxyMicroseconds,
    VisibleFigures Paced,
    ProcessTotals Memory,
    ProcessTotals ProxyMemory
)
{
    public double AllMicroseconds => CpuMicroseconds + ProxyMicroseconds;

    public double AcknowledgedP50 { get; } = Sample.Percentile(Paced.Answers, 50);

    public double AcknowledgedP99 { get; } = Sample.Percentile(Paced.Answers, 99);
}

/// <summary>One round of an arrangement, on new files and in new processes.</summary>
internal sealed class TopologyRound(Arrangement arrangement, FilledShop filled, OrderRequests requests)
{
    public const int Clients = 32;
    public const int Pace = 200;

    /// <summary>Orders before the measurement, until what is used often is compiled for good. On a busy machine, that takes longer.</summary>
    public const int WarmUp = 20_000;

    public static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PacedWarmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // More orders are watched than at a higher pace, so that p99 is of several hundred.
    public static readonly OrderTaker Watched = OrderTaker.Ours with { Watched = 4 };

    private long orders;

    public async Task<TopologyFigures> Run()
    {
        await using var shop = await PlacedShop.Start(arrangement, filled);
        await Load(shop, () => Harness.Load.Of(WarmUp, shop.Orders, Clients, requests.Next));
        var before = (Shop: ProcessTotals.Of(shop.Processes), Proxies: ProcessTotals.Of(shop.Proxies));
        var load = await Load(shop, () => Harness.Load.For(Measured, shop.Orders, Clients, requests.Next));
        var after = (Shop: ProcessTotals.Of(shop.Processes), Proxies: ProcessTotals.Of(shop.Proxies));
        await AtPace(shop, PacedWarmUp);
        var paced = await AtPace(shop, Measured);
        var memory = (Shop: ProcessTotals.Of(shop.Processes), Proxies: ProcessTotals.Of(shop.Proxies));
        await shop.Stop();
        OrdersAudit.Check(arrangement.Name, shop.DataOf(Arrangement.Orders), shop.DataOf(Arrangement.History), orders);
        return new TopologyFigures(
            load.PerSecond,
            (after.Shop.Cpu - before.Shop.Cpu).TotalMicroseconds / load.Count,
            (after.Proxies.Cpu - before.Proxies.Cpu).TotalMicroseconds / load.Count,
            paced,
            memory.Shop,
            memory.Proxies
        );
    }

    private async Task<LoadResult> Load(PlacedShop shop, Func<Task<LoadResult>> run)
    {
        var load = await run();
        orders += load.Count;
        await Settle(shop);
        return load;
    }

    private async Task<VisibleFigures> AtPace(PlacedShop shop, TimeSpan time)
    {
        var run = new VisibleRun(Watched, shop.Orders, shop.History, requests, Pace, time);
        var figures = await run.Measure();
        orders += run.Orders;
        await Settle(shop);
        return figures;
    }

    // Each order is one event. What the subscriber knows of the end of a log in another process may be old, so its position counts.
    private async Task Settle(PlacedShop shop)
    {
        using var http = new HttpClient { BaseAddress = new Uri(shop.Subscriber.Ready) };
        using var timeout = new CancellationTokenSource(TimeLimit);
        while (await Applied(http, timeout.Token) < orders)
        {
            await Task.Delay(Pause, timeout.Token);
        }
    }

    private static async Task<long> Applied(HttpClient http, CancellationToken ct) =>
        (await http.Get<IReadOnlyList<SubscriptionView>>("/admin/v1/subscriptions", ct))
            .Single(subscription => subscription is { Subscriber: Arrangement.History, Source: Arrangement.Orders })
            .Position;
}
