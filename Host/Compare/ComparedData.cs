using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Compare;

/// <summary>The customers that the load asks about, with some orders, beside the demo's data.</summary>
internal sealed class ComparedData
{
    private const int Customers = 50;
    private const int OrdersOfCustomer = 8;
    private const int LinesOfOrder = 3;
    private const int AtATime = 8;

    private readonly IReadOnlyList<Guid> products;
    private readonly HttpClient orders;

    // The same data in each run.
    private readonly Lock choosing = new();
    private readonly Random random = new(20_101_201);

    private ComparedData(IReadOnlyList<Guid> products, IReadOnlyList<Guid> customers, HttpClient orders)
    {
        this.products = products;
        this.orders = orders;
        CustomerIds = customers;
    }

    public IReadOnlyList<Guid> CustomerIds { get; }

    /// <exception cref="CommandFailedException">The shop refuses some of it.</exception>
    public static async Task<ComparedData> Load(ComparedShop shop, CancellationToken ct)
    {
        await shop.CatchUp(ct);
        await ComparedShop.Retry(() => DemoCommand.Fill(shop.Client(ComparedShop.WithCopy), ct), ct);
        var products = await shop.Client("catalog").Get<Found>("/catalog/v1/products", ct);
        var numbers = Enumerable.Range(1, Customers).Select(number => new { number = $"C{number}" });
        var imported = await shop.Client("customers").Post<Imported>("/customers/v1/customer-imports", new { customers = numbers }, ct);
        var data = new ComparedData(
            [.. products.Items.Select(product => product.Id)],
            [.. imported.Customers.Select(customer => customer.CustomerId)],
            shop.Client("orders")
        );
        var wanted = Enumerable.Repeat(data.CustomerIds, OrdersOfCustomer).SelectMany(customer => customer);
        foreach (var some in wanted.Chunk(AtATime))
        {
            await Task.WhenAll(some.Select(customer => data.PlaceOrder(customer, ct)));
        }
        await shop.CatchUp(ct);
        return data;
    }

    public Guid AnyCustomer()
    {
        lock (choosing)
        {
            return CustomerIds[random.Next(CustomerIds.Count)];
        }
    }

    /// <summary>Places an order of a few products and returns when it was placed, by the clock of Orders.</summary>
    public async Task<DateTimeOffset> PlaceOrder(Guid customerId, CancellationToken ct) =>
        (await orders.Post<Placed>("/orders/v1/orders", new { customerId, lines = AnyLines() }, ct)).PlacedAt;

    private List<Line> AnyLines()
    {
        lock (choosing)
        {
            return [.. random.GetItems([.. products], LinesOfOrder).Distinct().Select(product => new Line(product, random.Next(1, 5)))];
        }
    }

    private sealed record Line(Guid ProductId, int Quantity);

    private sealed record Found(IReadOnlyList<FoundProduct> Items);

    private sealed record FoundProduct(Guid Id);

    private sealed record Imported(IReadOnlyList<ImportedCustomer> Customers);

    private sealed record ImportedCustomer(Guid CustomerId);

    private sealed record Placed(DateTimeOffset PlacedAt);
}
