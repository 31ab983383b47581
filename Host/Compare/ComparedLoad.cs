using System.Diagnostics;

namespace ModularShop.Host.Compare;

/// <summary>The load of one module in one situation: questions at a fixed rate, and orders now and then.</summary>
/// <param name="module">The module that is asked.</param>
/// <param name="rate">How many questions are asked a second, whether the earlier ones are answered or not.</param>
internal sealed class ComparedLoad(ComparedShop shop, ComparedData data, string module, int rate, TimeSpan time)
{
    private const int OrdersPerSecond = 5;

    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(2);

    // An order that is not in the answer by then is counted with the time that was waited.
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    private int probes;

    /// <param name="takesOrders">Whether orders can be placed in this situation.</param>
    public async Task<LoadResult> Run(bool takesOrders, CancellationToken ct)
    {
        var asking = AtRate(rate, () => Question.Ask(shop.Client(module), module, data.AnyCustomer(), ct), ct);
        var ordering = takesOrders ? AtRate(OrdersPerSecond, () => Age(ct), ct) : Task.FromResult<TimeSpan[]>([]);
        await Task.WhenAll(asking, ordering);
        return new LoadResult(await asking, await ordering, probes);
    }

    // Starts work at a fixed rate for the time of the load, and waits for all of it.
    private async Task<T[]> AtRate<T>(int perSecond, Func<Task<T>> work, CancellationToken ct)
    {
        var count = (int)(time.TotalSeconds * perSecond);
        var started = Stopwatch.GetTimestamp();
        var running = new List<Task<T>>(count);
        for (var i = 0; i < count; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, ct);
            }
            running.Add(work());
        }
        return await Task.WhenAll(running);
    }

    // How long after its acknowledgement an order may be missing from answers: until the first question that it is in was asked. How
    // long that question took is not part of it.
    private async Task<TimeSpan> Age(CancellationToken ct)
    {
        var customer = data.AnyCustomer();
        var placedAt = await data.PlaceOrder(customer, ct);
        var acknowledged = Stopwatch.GetTimestamp();
        while (true)
        {
            var age = Stopwatch.GetElapsedTime(acknowledged);
            var answered = await Question.Ask(shop.Client(module), module, customer, ct);
            Interlocked.Increment(ref probes);
            if (answered.LatestPurchase >= placedAt || age > ProbeLimit)
            {
                return age;
            }
            await Task.Delay(ProbePause, ct);
        }
    }
}

/// <param name="Ages">For each order, how long it was missing from answers.</param>
/// <param name="Probes">How many questions were asked to find that out, in addition to the others.</param>
internal sealed record LoadResult(IReadOnlyList<Answered> Questions, IReadOnlyList<TimeSpan> Ages, int Probes);
