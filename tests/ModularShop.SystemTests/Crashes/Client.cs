using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ModularShop.SystemTests.Crashes;

/// <summary>
/// A client of the shop that sends one request after the other and continues after a crash: an interrupted request is sent again under
/// the same key when the shop runs again. The seed decides its requests.
/// </summary>
internal sealed class Client(int number, int seed)
{
    private const int MaxClients = 100;

    private readonly Random random = new(seed * 1000 + number);
    private readonly List<PlacedOrder> orders = [];
    private readonly List<Guid> customers = [];
    private readonly List<Request> requests = [];
    private int answered;
    private Action<JsonElement>? learn;
    private int serial;

    /// <summary>All requests that it has sent.</summary>
    public IReadOnlyList<Request> Requests => requests;

    /// <summary>The number of answered requests. Can be read while the client works.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>The last answer that the module's process does not run or answer; null when there was none.</summary>
    public Answer? Refused { get; private set; }

    /// <summary>The longest time that a request took, whatever the answer.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>The product that only this client changes.</summary>
    public Guid? Product { get; private set; }

    /// <summary>Repeats an interrupted request and makes sure that there is a product; false when the shop has ended again.</summary>
    public async Task<bool> Resume(TestClient http) =>
        (requests is not [.., { Answer: null }] || await Send(http)) && (Product is not null || await Ask(http, AddProduct()));

    /// <summary>Sends requests until the shop has ended.</summary>
    /// <param name="except">A module that gets no requests.</param>
    public async Task Work(TestClient http, IReadOnlyList<Guid> products, string? except, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var next = Next(products);
            if (next.Request.Module != except && !await Ask(http, next))
            {
                return;
            }
        }
    }

    private (Request Request, Action<JsonElement> Learn) Next(IReadOnlyList<Guid> products) =>
        random.Next(100) switch
        {
            < 1 => customers.Count < 5 ? Register() : Erase(),
            < 8 => Reprice(),
            < 12 => Rename(),
            < 22 when orders.Count > 0 => Cancel(),
            < 32 when orders.Count > 0 => Return(),
            _ => PlaceOrder(products),
        };

    private (Request, Action<JsonElement>) AddProduct() =>
        Post(
            "catalog",
            "product-added",
            $"P-{number}",
            "/catalog/v1/products",
            new
            {
                sku = $"P-{number}",
                name = Serial(),
                price = 1m,
                currency = "EUR",
            },
            answer => Product = answer.GetProperty("id").GetGuid()
        );

    private (Request, Action<JsonElement>) Rename()
    {
        var name = Serial();
        var path = $"/catalog/v1/products/{Product}";
        return (new("catalog", "catalog.product-changed", name, HttpMethod.Put, path, new { name }), _ => { });
    }

    private (Request, Action<JsonElement>) Reprice()
    {
        var price = 1 + ++serial / 100m; // A different price each time.
        var path = $"/catalog/v1/products/{Product}/price";
        var marker = Request.PriceMarker(Product!.Value, price);
        return (new("catalog", "catalog.price-changed", marker, HttpMethod.Put, path, new { price, currency = "EUR" }), _ => { });
    }

    private (Request, Action<JsonElement>) Register()
    {
        var country = Serial();
        return Post(
            "customers",
            "customer-registered",
            country,
            "/customers/v1/customers",
            new
            {
                email = $"{country}@example.com",
                password = "correct horse",
                country,
            },
            answer => customers.Add(answer.GetProperty("id").GetGuid())
        );
    }

    private (Request, Action<JsonElement>) Erase()
    {
        var customer = customers[random.Next(customers.Count)];
        customers.Remove(customer); // No more orders for this customer, whether the erasure succeeds or not.
        var path = $"/customers/v1/customers/{customer}";
        return (new("customers", "customers.customer-erased", customer.ToString(), HttpMethod.Delete, path, Body: null), _ => { });
    }

    private (Request, Action<JsonElement>) PlaceOrder(IReadOnlyList<Guid> products)
    {
        // The quantity of the first line identifies this order among all orders of all clients.
        var quantity = ++serial * MaxClients + number;
        var customerId = customers.Count > 0 && random.Next(4) > 0 ? customers[random.Next(customers.Count)] : (Guid?)null;
        var lines = Enumerable
            .Range(0, random.Next(1, 4))
            .Select(line => new { productId = products[random.Next(products.Count)], quantity = line == 0 ? quantity : line })
            .ToList();
        return Post(
            "orders",
            "order-placed",
            quantity.ToString(CultureInfo.InvariantCulture),
            "/orders/v1/orders",
            new { customerId, lines },
            answer => orders.Add(new(answer.GetProperty("id").GetGuid(), lines[0].productId, quantity))
        );
    }

    private (Request, Action<JsonElement>) Cancel()
    {
        var reason = Serial();
        return Post("orders", "order-cancelled", reason, $"/orders/v1/orders/{TakeOrder().Id}/cancellation", new { reason }, _ => { });
    }

    private (Request, Action<JsonElement>) Return()
    {
        var order = TakeOrder();
        var lines = new[] { new { productId = order.Product, quantity = random.Next(1, order.Quantity) } };
        return Post("orders", "order-returned", order.Id.ToString(), $"/orders/v1/orders/{order.Id}/returns", new { lines }, _ => { });
    }

    private static (Request, Action<JsonElement>) Post(
        string module,
        string what,
        string marker,
        string path,
        object body,
        Action<JsonElement> learn
    ) => (new Request(module, $"{module}.{what}", marker, HttpMethod.Post, path, body), learn);

    private Task<bool> Ask(TestClient http, (Request Request, Action<JsonElement> Learn) next)
    {
        requests.Add(next.Request);
        learn = next.Learn;
        return Send(http);
    }

    // Sends the latest request; false when the shop, or the process of the module, has ended.
    private async Task<bool> Send(TestClient http)
    {
        var request = requests[^1];
        var sent = TimeProvider.System.GetTimestamp();
        Answer answer;
        try
        {
            answer = await http.Send(request.Method, request.Path, request.Body, ("Idempotency-Key", request.Key));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
        Slowest = TimeSpan.FromTicks(Math.Max(Slowest.Ticks, TimeProvider.System.GetElapsedTime(sent).Ticks));
        if (answer.Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
        {
            Refused = answer;
            return false;
        }
        answer.ExpectSuccess();
        request.Answer = answer.Body;
        Interlocked.Increment(ref answered);
        learn!(answer.Body);
        return true;
    }

    private string Serial() => $"c{number}-{++serial}";

    private PlacedOrder TakeOrder()
    {
        var order = orders[random.Next(orders.Count)];
        orders.Remove(order);
        return order;
    }

    private sealed record PlacedOrder(Guid Id, Guid Product, int Quantity);
}
