using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Catalog.Contracts;

namespace ModularShop.Orders.Tests;

/// <summary>The Orders module alone, with stand-ins that publish the events of Catalog and Customers.</summary>
internal sealed class OrdersFixture : IAsyncDisposable
{
    private OrdersFixture(TestApplication app, StandInModule catalog, StandInModule customers)
    {
        App = app;
        Catalog = catalog;
        Customers = customers;
    }

    public TestApplication App { get; }

    public StandInModule Catalog { get; }

    public StandInModule Customers { get; }

    public TestClient Http => App.Http;

    /// <param name="configure">Changes the container of Orders.</param>
    public static async Task<OrdersFixture> Start(
        Action<IServiceCollection>? configure = null,
        IReadOnlyDictionary<string, string?>? settings = null
    )
    {
        var catalog = new StandInModule("catalog");
        var customers = new StandInModule("customers");
        var app = await TestApplication.Start(
            [new OrdersModule(), catalog, customers],
            directory: null,
            settings,
            configureServices: (module, services) =>
            {
                if (module.Name == "orders")
                {
                    configure?.Invoke(services);
                }
            }
        );
        return new OrdersFixture(app, catalog, customers);
    }

    /// <summary>A product that is in the read copy of Orders.</summary>
    public async Task<Guid> Product(decimal price = 2.55m, string currency = "EUR")
    {
        var id = Guid.CreateVersion7();
        await Catalog.Publish(new ProductAdded(id, id.ToString("N"), "Lantern", price, currency));
        await App.CaughtUp();
        return id;
    }

    public Task<Answer> Place(Guid? customerId, params (Guid ProductId, int Quantity)[] lines) =>
        Http.Post("/orders/v1/orders", new { customerId, lines = Lines(lines) });

    public async Task<JsonElement> Placed(Guid? customerId, params (Guid ProductId, int Quantity)[] lines) =>
        (await Place(customerId, lines)).ExpectSuccess().Body;

    public Task<Answer> Return(Guid orderId, params (Guid ProductId, int Quantity)[] lines) =>
        Http.Post($"/orders/v1/orders/{orderId}/returns", new { lines = Lines(lines) });

    public Task<Answer> Cancel(Guid orderId, string reason = "changed my mind", string? ifMatch = null) =>
        Http.Post($"/orders/v1/orders/{orderId}/cancellation", new { reason }, ifMatch is null ? [] : [("If-Match", ifMatch)]);

    public Task<JsonElement> Get(string path) => Http.Json(path);

    /// <summary>The names of the events that Orders published, in order.</summary>
    public Task<IReadOnlyList<JsonElement>> Events() => Http.Events("orders");

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private static IEnumerable<object> Lines((Guid ProductId, int Quantity)[] lines) =>
        lines.Select(line => new { productId = line.ProductId, quantity = line.Quantity });
}
