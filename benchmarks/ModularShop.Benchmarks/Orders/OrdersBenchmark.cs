using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Host.Import;

namespace ModularShop.Benchmarks.Orders;

/// <summary>Placing orders over HTTP: the shop, a library for the work, what people write by hand, and the ceiling.</summary>
internal sealed class OrdersBenchmark : IBenchmark
{
    private const int Products = 1_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public string Name => "orders";

    public string Summary => "Placing an order of three lines, until acknowledged and until visible elsewhere; about 25 minutes.";

    public async Task<string> Run(int rounds)
    {
        var products = new List<Guid>();
        using var filled = await FilledShop.Fill(async imports => products.AddRange(await ImportProducts(imports)));
        var requests = new OrderRequests(products);
        OrderTaker[] takers = [OrderTaker.Ours, OrderTaker.Wolverine, OrderTaker.PatientWolverine, OrderTaker.Naive, OrderTaker.Raw];
        var figures = await Rounds.Alternate(
            rounds,
            [.. takers.Select(taker => (taker.Name, (Func<Task<LifeFigures>>)(() => new Life(taker, filled, requests).Run())))],
            Say
        );
        Console.WriteLine($"one minute of {OrderTaker.Ours.Name} at {OrdersReport.SteadyClients} clients");
        var (steady, peak) = await new Life(OrderTaker.Ours, filled, requests).RunSteadily(OrdersReport.SteadyClients, Minute);
        return new OrdersReport([.. takers.Select(taker => taker.Name)], figures, steady, peak).ToString();
    }

    public static async Task<IEnumerable<Guid>> ImportProducts(ShopImports imports)
    {
        var asOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var products = Enumerable
            .Range(1, Products)
            .Select(number => new ProductImport($"SKU-{number:0000}", $"Product {number}", 1 + number % 100 * 0.25m, "EUR", asOf));
        var imported = await imports.Import(new ProductsImport([.. products]), CancellationToken.None);
        return imported.Products.Select(product => product.ProductId);
    }

    private static string Say(LifeFigures life) =>
        string.Join(
            "  ",
            Life.Clients.Zip(
                life.Placing,
                (clients, figures) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{clients}: {figures.Acknowledged:0}/s, {figures.EndToEnd:0}/s to the end, p99 {figures.P99:0.0} ms;"
                    )
            )
        )
        + string.Create(
            CultureInfo.InvariantCulture,
            $"  visible after {life.Visible[^1].P50:0.0} ms (p99 {life.Visible[^1].P99:0.0}), {life.PeakMegabytes:0} MB"
        );
}
