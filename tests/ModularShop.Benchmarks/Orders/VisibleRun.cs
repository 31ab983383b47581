using System.Collections.Concurrent;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>
/// Orders at a given pace, whatever the answers take. Some are of a customer of their own, whose history is asked for from
/// the acknowledgement on, again and again, until the order is there.
/// </summary>
internal sealed class VisibleRun(Uri address, OrderRequests requests, int perSecond, TimeSpan time)
{
    public const int Clients = 32;

    /// <summary>Every how many orders one is watched.</summary>
    public const int Watched = 10;

    // A history that is a second behind is asked less and less often, so that the asking is not what is measured.
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentBag<HttpConnection> idle = [];
    private readonly ConcurrentBag<Task<double>> watches = [];
    private readonly long started = TimeProvider.System.GetTimestamp();

    public int Orders { get; } = (int)(perSecond * time.TotalSeconds);

    public async Task<VisibleFigures> Measure()
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => Order(client))));
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            return new VisibleFigures(Orders / elapsed.TotalSeconds, await Task.WhenAll(watches));
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
        for (var order = client; order < Orders; order += Clients)
        {
            var customer = order % Watched == 0 ? Guid.CreateVersion7() : (Guid?)null;
            var (request, product) = customer is { } id ? requests.Of(id) : (requests.Next(client), Guid.Empty);
            await Until(TimeSpan.FromSeconds(order / (double)perSecond));
            var (status, body) = await connection.Send(request);
            var acknowledged = TimeProvider.System.GetTimestamp();
            if (status is < 200 or > 299)
            {
                throw new InvalidOperationException($"{status}: {Encoding.UTF8.GetString(body.Span)}");
            }
            if (customer is { } watched)
            {
                watches.Add(Task.Run(() => Watch(watched, product, acknowledged)));
            }
        }
    }

    private async Task Until(TimeSpan due)
    {
        while (due - TimeProvider.System.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(0.5));
        }
    }

    private async Task<double> Watch(Guid customer, Guid product, long acknowledged)
    {
        if (!idle.TryTake(out var connection))
        {
            connection = await HttpConnection.Open(address);
        }
        var question = HttpConnection.Get($"/purchase-history/v1/customers/{customer}/products");
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
            if (status is not (200 or 404) || elapsed > Patience)
            {
                throw new InvalidOperationException($"The history answers {status} {elapsed} after the order.");
            }
            if (elapsed < Often)
            {
                await Task.Yield();
            }
            else
            {
                await Task.Delay(Seldom);
            }
        }
    }
}
