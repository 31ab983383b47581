using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus;

/// <summary>The time that a number of orders took.</summary>
/// <param name="EndToEndSeconds">Until the subscriber had applied the last; null where there is no subscriber.</param>
/// <param name="P50">Milliseconds until an order was accepted.</param>
internal sealed record Publication(double AcceptedSeconds, double? EndToEndSeconds, double P50, double P99, double P999);

/// <summary>Milliseconds from commit to applied.</summary>
internal sealed record Delays(double P50, double P99);

/// <summary>Places orders in the process of the bus, so that only the bus is measured.</summary>
internal sealed class Publishers(IBus bus, Watch watch)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private long last;

    /// <summary>Each publisher places its next order when the one before is accepted.</summary>
    /// <param name="deliver">Whether to wait for the subscriber, if there is one.</param>
    public async Task<Publication> Publish(int publishers, int orders, bool deliver)
    {
        var (next, end) = (last, last + orders);
        var started = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, publishers).Select(_ => Task.Run(Publisher)));
        var accepted = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        last = end;
        double? endToEnd = null;
        if (bus.Delivers && deliver)
        {
            await watch.WhenApplied(end);
            endToEnd = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        }
        var milliseconds = answers.SelectMany(answer => answer).ToList();
        return new Publication(
            accepted,
            endToEnd,
            Sample.Percentile(milliseconds, 50),
            Sample.Percentile(milliseconds, 99),
            Sample.Percentile(milliseconds, 99.9)
        );

        async Task<List<double>> Publisher()
        {
            var taken = new List<double>();
            while (Interlocked.Increment(ref next) is var number && number <= end)
            {
                var basket = Basket.Of(number);
                var sent = TimeProvider.System.GetTimestamp();
                await bus.Place(basket);
                taken.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
            }
            return taken;
        }
    }

    /// <summary>Places orders at fixed times, whether earlier ones are accepted or not.</summary>
    public async Task<Delays> Pace(int perSecond, int orders)
    {
        var (first, end) = (last + 1, last + orders);
        var placing = new List<Task>();
        using var ticks = new PeriodicTimer(Tick);
        var started = TimeProvider.System.GetTimestamp();
        while (last < end && await ticks.WaitForNextTickAsync())
        {
            var due = Math.Min(orders, (long)(TimeProvider.System.GetElapsedTime(started).TotalSeconds * perSecond));
            while (last < first - 1 + due)
            {
                var basket = Basket.Of(++last);
                placing.Add(Task.Run(() => bus.Place(basket)));
            }
        }
        await Task.WhenAll(placing);
        await watch.WhenApplied(end);
        var milliseconds = watch.Milliseconds(first, end);
        return new Delays(Sample.Percentile(milliseconds, 50), Sample.Percentile(milliseconds, 99));
    }
}
