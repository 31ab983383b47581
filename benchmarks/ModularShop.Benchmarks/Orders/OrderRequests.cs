using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>Orders of three lines, made before they are needed, so that the clients take little of the cores.</summary>
internal sealed class OrderRequests
{
    public const string Path = "/orders/v1/orders";
    public const int Lines = 3;

    private const int Customers = 5_000;
    private const int Made = 20_000;

    private readonly Random random = new(4);
    private readonly IReadOnlyList<Guid> products;
    private readonly byte[][] requests;
    private int next;

    public OrderRequests(IReadOnlyList<Guid> products)
    {
        this.products = products;
        var customers = Enumerable.Range(0, Customers).Select(_ => Guid.CreateVersion7()).ToList();
        requests = [.. Enumerable.Range(0, Made).Select(_ => Order(customers[random.Next(Customers)], RandomProducts()))];
    }

    /// <summary>The next order of one of the known customers.</summary>
    public byte[] Next(int client) => requests[(uint)Interlocked.Increment(ref next) % Made];

    /// <summary>An order of a customer, and a product of it.</summary>
    public (byte[] Request, Guid Product) Of(Guid customer)
    {
        Guid[] chosen;
        lock (random)
        {
            chosen = RandomProducts();
        }
        return (Order(customer, chosen), chosen[0]);
    }

    private Guid[] RandomProducts()
    {
        var chosen = new HashSet<Guid>();
        while (chosen.Count < Lines)
        {
            chosen.Add(products[random.Next(products.Count)]);
        }
        return [.. chosen];
    }

    private static byte[] Order(Guid customer, IEnumerable<Guid> products)
    {
        var order = new OrderRequest(customer, [.. products.Select((product, index) => new OrderRequestLine(product, index + 1))]);
        return HttpConnection.Post(Path, System.Text.Json.JsonSerializer.Serialize(order, MessagesJson.Default.OrderRequest));
    }
}
