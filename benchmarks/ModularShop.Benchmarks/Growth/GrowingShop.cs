using ModularShop.Benchmarks.Harness;
using ModularShop.Host.CommandLine;
using ModularShop.Host.Import;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Operations;

namespace ModularShop.Benchmarks.Growth;

/// <summary>A shop with a number of orders: its files, and its process while it runs.</summary>
internal sealed class GrowingShop(int orders, string directory)
{
    private const int ItemsPerRequest = 1000;
    private const int OrdersPerRequest = 200;
    private const int Senders = 3;
    private const string AllButHistory = "customers,catalog,orders";

    public ShopData Data { get; } = new(orders);

    public string Directory => directory;

    public Task<Contender> Start(params IReadOnlyList<string> arguments) =>
        Contender.Start("shop", ["--data", directory, "--urls", "http://127.0.0.1:0", .. arguments]);

    public static HttpClient Client(Contender shop) => new() { BaseAddress = new Uri(shop.Ready), Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Fills the shop through the public imports. PurchaseHistory does not run yet: it will be the new subscriber.</summary>
    public async Task Fill(Figures figures)
    {
        await using var shop = await Start("--modules", AllButHistory);
        using var http = Client(shop);
        var imports = new ShopImports(http, TimeProvider.System);
        var (products, customers) = (new List<Guid>(), new List<Guid>());
        foreach (var chunk in ShopData.NewProducts().Chunk(ItemsPerRequest))
        {
            products.AddRange(
                (await imports.Import(new ProductsImport(chunk), default)).Products.OrderBy(p => p.Sku).Select(p => p.ProductId)
            );
        }
        foreach (var chunk in Data.NewCustomers().Chunk(ItemsPerRequest))
        {
            customers.AddRange(
                (await imports.Import(new CustomersImport(chunk), default)).Customers.OrderBy(c => c.Number).Select(c => c.CustomerId)
            );
        }
        (Data.ProductIds, Data.CustomerIds) = (products, customers);
        await WaitUntilApplied(http, "orders");
        var before = await shop.Use();
        var started = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Data.NewOrders().Chunk(OrdersPerRequest),
            new ParallelOptions { MaxDegreeOfParallelism = Senders },
            async (chunk, ct) => await imports.Import(new OrdersImport(chunk), ct)
        );
        figures.Took("import of an order", TimeProvider.System.GetElapsedTime(started), orders);
        var use = await shop.Use();
        figures.Used("import of an order", use.Since(before), orders);
        figures.Peak("while orders are imported", use);
        await shop.Stop();
    }

    /// <summary>Waits until a module has applied all events in the logs.</summary>
    /// <returns>How many events it had applied in all when this began.</returns>
    public static async Task<(long Before, long After)> WaitUntilApplied(HttpClient http, string subscriber)
    {
        long? before = null;
        while (true)
        {
            var all = await http.Get<IReadOnlyList<SubscriptionView>>("/admin/v1/subscriptions", default);
            var mine = all.Where(subscription => subscription.Subscriber == subscriber).ToList();
            if (mine.Find(subscription => subscription.DeadLetters > 0 || subscription.Error is not null) is { } ill)
            {
                throw new InvalidOperationException($"{subscriber} does not follow {ill.Source}: {ill.Error ?? "it has dead letters"}");
            }
            before ??= mine.Sum(subscription => subscription.Position);
            if (mine.TrueForAll(subscription => subscription is { Lag: 0, State: SubscriptionState.Running }))
            {
                return (before.Value, mine.Sum(subscription => subscription.Position));
            }
            await Task.Delay(20);
        }
    }
}
