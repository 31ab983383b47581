using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>One run of a contender's process on new files, from start to end, under one load after the other.</summary>
internal sealed class Life(OrderTaker taker, FilledShop filled, OrderRequests requests)
{
    public static readonly IReadOnlyList<int> Clients = [1, 32, 256];

    /// <summary>The rates, in orders a second, for which the time until orders are visible is measured.</summary>
    public static readonly IReadOnlyList<int> Paces = [100, 500];

    /// <summary>Before all else, at <see cref="ClientsAtFirst"/> clients: until what is used often is compiled for good.</summary>
    public static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);
    public static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);

    private const int ClientsAtFirst = 32;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    private long orders;

    public async Task<LifeFigures> Run()
    {
        var directory = filled.Copy();
        try
        {
            await using var contender = await taker.Start(directory);
            await WarmUpFor(contender, ClientsAtFirst, FirstWarmUp);
            var placing = new List<PlacingFigures>();
            foreach (var clients in Clients)
            {
                placing.Add(await Place(contender, clients, Measured));
            }
            var visible = new List<VisibleFigures>();
            foreach (var pace in Paces)
            {
                var run = new VisibleRun(taker, new Uri(contender.Ready), new Uri(contender.Ready), requests, pace, Measured);
                visible.Add(await run.Measure());
                orders += run.Orders;
                await Settle(contender);
            }
            var peak = (await contender.Use()).PeakMemory;
            await contender.Stop();
            var bytes = FilledShop.SizeOf(directory) - filled.Size();
            var outOfOrder = OrdersAudit.Check(taker.Name, directory, directory, orders);
            return new LifeFigures(placing, visible, peak / 1e6, bytes / (double)orders, outOfOrder / (double)orders);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>One load for longer, and the peak of memory in megabytes.</summary>
    public async Task<(PlacingFigures Figures, double PeakMegabytes)> RunSteadily(int clients, TimeSpan time)
    {
        var directory = filled.Copy();
        try
        {
            await using var contender = await taker.Start(directory);
            await WarmUpFor(contender, ClientsAtFirst, FirstWarmUp);
            var figures = await Place(contender, clients, time);
            await contender.Stop();
            OrdersAudit.Check(taker.Name, directory, directory, orders);
            return (figures, figures.Use.PeakMemory / 1e6);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<PlacingFigures> Place(Contender contender, int clients, TimeSpan time)
    {
        await WarmUpFor(contender, clients, WarmUp);
        var before = await contender.Use();
        var started = TimeProvider.System.GetTimestamp();
        var load = await Load.For(time, new Uri(contender.Ready), clients, requests.Next);
        await Settle(contender);
        var untilApplied = TimeProvider.System.GetElapsedTime(started);
        orders += load.Count;
        return new PlacingFigures(load, untilApplied, (await contender.Use()).Since(before));
    }

    private async Task WarmUpFor(Contender contender, int clients, TimeSpan time)
    {
        orders += (await Load.For(time, new Uri(contender.Ready), clients, requests.Next)).Count;
        await Settle(contender);
    }

    private async Task Settle(Contender contender)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await taker.Lag(contender) is var lag and > 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeLimit)
            {
                throw new TimeoutException($"{taker.Name} has yet to apply {lag} events.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
