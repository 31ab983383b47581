namespace ModularShop.Benchmarks.Harness;

/// <summary>The answers to a number of clients within a time.</summary>
/// <param name="Milliseconds">Of each answer.</param>
internal sealed record LoadResult(TimeSpan Elapsed, IReadOnlyList<double> Milliseconds)
{
    public int Count => Milliseconds.Count;

    public double PerSecond => Count / Elapsed.TotalSeconds;

    public double P50 => Sample.Percentile(Milliseconds, 50);

    public double P99 => Sample.Percentile(Milliseconds, 99);

    public double P999 => Sample.Percentile(Milliseconds, 99.9);

    public double Max => Milliseconds.Max();
}

/// <summary>Clients that send one request after the other, each on a connection of its own. Every answer must be a success.</summary>
internal static class Load
{
    /// <param name="request">The bytes to send next; called by all clients at once, with the client's number.</param>
    public static Task<LoadResult> For(TimeSpan time, Uri address, int clients, Func<int, byte[]> request) =>
        Run(address, clients, request, (_, elapsed) => elapsed < time);

    public static Task<LoadResult> Of(int requests, Uri address, int clients, Func<int, byte[]> request)
    {
        var left = requests;
        return Run(address, clients, request, (_, _) => Interlocked.Decrement(ref left) >= 0);
    }

    private static async Task<LoadResult> Run(Uri address, int clients, Func<int, byte[]> request, Func<int, TimeSpan, bool> goesOn)
    {
        var connections = new List<HttpConnection>();
        try
        {
            for (var client = 0; client < clients; client++)
            {
                connections.Add(await HttpConnection.Open(address));
            }
            var started = TimeProvider.System.GetTimestamp();
            var answers = await Task.WhenAll(
                connections.Select((connection, client) => Task.Run(() => Client(connection, client, request, started, goesOn)))
            );
            return new LoadResult(TimeProvider.System.GetElapsedTime(started), [.. answers.SelectMany(answer => answer)]);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<List<double>> Client(
        HttpConnection connection,
        int client,
        Func<int, byte[]> request,
        long started,
        Func<int, TimeSpan, bool> goesOn
    )
    {
        var milliseconds = new List<double>();
        while (goesOn(client, TimeProvider.System.GetElapsedTime(started)))
        {
            var sent = TimeProvider.System.GetTimestamp();
            var (status, body) = await connection.Send(request(client));
            if (status is < 200 or > 299)
            {
                throw new InvalidOperationException($"{status}: {System.Text.Encoding.UTF8.GetString(body.Span)}");
            }
            milliseconds.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
        }
        return milliseconds;
    }
}
