using System.Collections.Concurrent;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>
/// Orders at a given pace, whatever the answers take. Some are of a customer of their own, whose history is asked for from
/// the acknowledgement on, again and again, until the order is there.
/// </summary>
/// <param name="address">Where orders are placed.</param>
/// <param name="history">Where histories are asked for.</param>
internal sealed class VisibleRun(OrderTaker taker, Uri address, Uri history, OrderRequests requests, int perSecond, TimeSpan time)
{
    public const int Clients = 32;

    // The pause grows to a tenth of the elapsed time, so that the polling does not affect the measurement.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    private readonly ConcurrentBag<HttpConnection> idle = [];
    private readonly ConcurrentBag<Task<double>> watches = [];
    private readonly ConcurrentBag<double> answers = [];
    private long started;
    private int orders;

    /// <summary>How many were acknowledged.</summary>
    public int Orders => orders;

    public async Task<VisibleFigures> Measure()
    {
        try
        {
            await SeeOne();
            started = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => Order(client))));
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            return new VisibleFigures(Orders / elapsed.TotalSeconds, await Task.WhenAll(watches), [.. answers]);
        }
        finally
        {
            foreach (var connection in idle)
            {
                connection.Dispose();
            }
        }
    }

    private async Task Order(int client)
    {
        using var connection = await HttpConnection.Open(address);
        // Orders that a contender could not accept in time are not sent later.
        for (var order = client; TimeSpan.FromSeconds(order / (double)perSecond) is var due && IsNow(due); order += Clients)
        {
            var customer = order % taker.Watched == 0 ? Guid.CreateVersion7() : (Guid?)null;
            var (request, product) = customer is { } id ? requests.Of(id) : (requests.Next(client), Guid.Empty);
            await Until(due);
            var sent = TimeProvider.System.GetTimestamp();
            var acknowledged = await Place(connection, request);
            answers.Add(TimeProvider.System.GetElapsedTime(sent, acknowledged).TotalMilliseconds);
            if (customer is { } watched)
            {
                watches.Add(Task.Run(() => Watch(watched, product, acknowledged)));
            }
        }
    }

    /// <returns>When it was acknowledged.</returns>
    private async Task<long> Place(HttpConnection connection, byte[] request)
    {
        var (status, body) = await connection.Send(request);
        var acknowledged = TimeProvider.System.GetTimestamp();
        if (status is < 200 or > 299)
        {
            throw new InvalidOperationException($"{status}: {Encoding.UTF8.GetString(body.Span)}");
        }
        Interlocked.Increment(ref orders);
        return acknowledged;
    }

    private bool IsNow(TimeSpan due) => due < time && TimeProvider.System.GetElapsedTime(started) < time;

    private async Task Until(TimeSpan due)
    {
        while (due - TimeProvider.System.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(0.5));
        }
    }

    // The first query is slower, because its code is compiled.
    private async Task SeeOne()
    {
        using var connection = await HttpConnection.Open(address);
        var customer = Guid.CreateVersion7();
        var (request, product) = requests.Of(customer);
        await Watch(customer, product, await Place(connection, request));
    }

    private static byte[] History(Guid customer) => HttpConnection.Get($"/purchase-history/v1/customers/{customer}/products");

    private async Task<double> Watch(Guid customer, Guid product, long acknowledged)
    {
        if (!idle.TryTake(out var connection))
        {
            connection = await HttpConnection.Open(history);
        }
        var question = History(customer);
        var wanted = Encoding.UTF8.GetBytes(product.ToString());
        while (true)
        {
            var (status, body) = await connection.Send(question);
            var elapsed = TimeProvider.System.GetElapsedTime(acknowledged);
            if (status == 200 && body.Span.IndexOf(wanted) >= 0)
            {
                idle.Add(connection);
                return elapsed.TotalMilliseconds;
            }
            if (status is not (200 or 404) || elapsed > TimeLimit)
            {
                throw new InvalidOperationException($"The history answers {status} {elapsed} after the order.");
            }
            var pause = elapsed < Soon ? taker.Pause : TimeSpan.FromTicks(Math.Max(taker.Pause.Ticks, elapsed.Ticks / 10));
            if (pause == TimeSpan.Zero)
            {
                await Task.Yield();
            }
            else
            {
                await Task.Delay(pause);
            }
        }
    }
}
