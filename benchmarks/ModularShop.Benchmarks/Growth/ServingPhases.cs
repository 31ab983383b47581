using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Growth;

/// <summary>A running shop with all that data: its start, its answers, and orders.</summary>
internal sealed class ServingPhases(GrowingShop shop, Figures figures)
{
    public const int Clients = 32;
    public const int WarmUp = 1000;
    public const int Placed = 2000;
    public const string Placing = "placing an order";

    private const string FirstPage = "/catalog/v1/products";

    private static readonly TimeSpan PageWarmUp = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PageTime = TimeSpan.FromMilliseconds(600);

    public async Task Run()
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var process = await shop.Start();
        using var http = GrowingShop.Client(process);
        using (var answer = await http.GetAsync(new Uri(FirstPage, UriKind.Relative)))
        {
            answer.EnsureSuccessStatusCode();
        }
        figures.Add("start to the first page of products, ms", TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        await GrowingShop.WaitUntilApplied(http, "purchase-history");
        await Read(new Uri(process.Ready), await Pages.Of(shop.Data, http));
        figures.Peak("while it answers", await process.Use());
        await Place(process, http);
        await process.Stop();
    }

    private async Task Read(Uri address, IReadOnlyList<(string Name, byte[][] Requests)> pages)
    {
        foreach (var (name, requests) in pages)
        {
            var next = 0;
            byte[] Next(int client) => requests[next++ % requests.Length];
            await Load.For(PageWarmUp, address, clients: 1, Next);
            var load = await Load.For(PageTime, address, clients: 1, Next);
            figures.Add($"{name}, p50 ms", load.P50);
        }
    }

    private async Task Place(Contender process, HttpClient http)
    {
        var requests = shop.Data.Placements(WarmUp + Placed);
        var next = -1;
        byte[] Next(int client) => requests[Interlocked.Increment(ref next)];
        await Load.Of(WarmUp, new Uri(process.Ready), Clients, Next);
        await GrowingShop.WaitUntilApplied(http, "purchase-history");
        var before = await process.Use();
        var load = await Load.Of(Placed, new Uri(process.Ready), Clients, Next);
        await GrowingShop.WaitUntilApplied(http, "purchase-history");
        var use = await process.Use();
        figures.Took(Placing, load.Elapsed, load.Count);
        figures.Used($"{Placing} and applying it", use.Since(before), load.Count);
        figures.Add($"{Placing}, p50 ms", load.P50);
        figures.Add($"{Placing}, p99 ms", load.P99);
        figures.Peak("while orders are placed", use);
    }
}
