using System.Collections.Concurrent;
using System.Net;

namespace ModularShop.SystemTests.Faults;

/// <summary>
/// Clients that place one order after the other. They repeat a refused order under the same Idempotency-Key until it is acknowledged.
/// </summary>
internal sealed class Buyers : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<Guid> acknowledged = new();
    private readonly ConcurrentQueue<Answer> refused = new();
    private readonly CancellationTokenSource enough = new();
    private readonly TestClient http;
    private readonly Guid productId;
    private readonly Task buying;

    private Buyers(TestClient http, Guid productId)
    {
        this.http = http;
        this.productId = productId;
        buying = Task.WhenAll(Buy(), Buy(), Buy());
    }

    public IReadOnlyCollection<Guid> Acknowledged => acknowledged;

    public IReadOnlyCollection<Answer> Refused => refused;

    /// <summary>Returns when some orders have been acknowledged.</summary>
    public static async Task<Buyers> Begin(TestClient http, Guid productId)
    {
        var buyers = new Buyers(http, productId);
        await Eventually.True(() => buyers.acknowledged.Count >= 10);
        return buyers;
    }

    /// <summary>Waits until some more orders are acknowledged.</summary>
    public Task SomeMore()
    {
        var goal = acknowledged.Count + 10;
        return Eventually.True(() => acknowledged.Count >= goal);
    }

    /// <summary>Begins no more orders, and waits until those that were begun are acknowledged.</summary>
    public async Task Finish()
    {
        await enough.CancelAsync();
        await buying.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        enough.Dispose();
    }

    private async Task Buy()
    {
        while (!enough.IsCancellationRequested)
        {
            acknowledged.Enqueue(await Order(Guid.CreateVersion7().ToString()));
            await Task.Delay(Pause);
        }
    }

    private async Task<Guid> Order(string key)
    {
        while (true)
        {
            var answer = await http.Order(productId, key);
            if (answer.Status == HttpStatusCode.Created)
            {
                return answer.Id;
            }
            refused.Enqueue(answer);
            await Task.Delay(Pause);
        }
    }
}
