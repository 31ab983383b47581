namespace ModularShop.SystemTests.Crashes;

/// <summary>The clients of one shop, across its restarts.</summary>
/// <param name="first">The number of the first client. No two clients of a shop have the same.</param>
internal sealed class Crowd(int seed, int size = 8, int first = 0)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly List<Client> clients = [.. Enumerable.Range(first, size).Select(number => new Client(number, seed))];

    public int Size => clients.Count;

    /// <summary>All requests that were sent. Not to be read while clients work.</summary>
    public IEnumerable<Request> Requests => clients.SelectMany(client => client.Requests);

    public int Answered => clients.Sum(client => client.Answered);

    /// <summary>The number of orders that were placed. Not to be read while clients work.</summary>
    public int Orders => Requests.Count(request => request is { Event: "orders.order-placed", Answer: not null });

    /// <summary>The answers that a module's process does not run.</summary>
    public IEnumerable<Answer> Refused => clients.Select(client => client.Refused).OfType<Answer>();

    /// <summary>The longest time that a request took, whatever the answer.</summary>
    public TimeSpan Slowest => clients.Max(client => client.Slowest);

    /// <summary>A product of the shop, after the clients have resumed.</summary>
    public Guid AnyProduct => clients[0].Product!.Value;

    /// <summary>
    /// Repeats interrupted requests, and waits until the shop has caught up with all logs; false when it has ended again.
    /// </summary>
    /// <param name="operating">The client for the operator's routes, if <paramref name="http"/> does not reach them.</param>
    public async Task<bool> Resume(TestClient http, TestClient? operating = null) =>
        await CatchesUp(operating ?? http)
        && (await Task.WhenAll(clients.Select(client => client.Resume(http)))).All(resumed => resumed)
        && await CatchesUp(operating ?? http);

    /// <summary>Sends requests until the shop has ended.</summary>
    /// <param name="except">A module that gets no requests.</param>
    public Task Work(TestClient http, CancellationToken ct, string? except = null)
    {
        var products = clients.Select(client => client.Product!.Value).ToList();
        return Task.WhenAll(clients.Select(client => client.Work(http, products, except, ct)));
    }

    /// <summary>False when the shop has ended.</summary>
    public static async Task<bool> CatchesUp(TestClient http)
    {
        try
        {
            await Eventually.Get(
                http.Subscriptions,
                all => all.Count == 5 && all.All(s => s.Text("state") == "running" && s.Number("lag") == 0),
                TimeLimit
            );
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
