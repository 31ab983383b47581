using System.Net.Http.Json;
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

    public HttpClient Http => App.Http;

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

    public Task<HttpResponseMessage> Place(Guid? customerId, params (Guid ProductId, int Quantity)[] lines) =>
        Http.PostAsJsonAsync("/orders/v1/orders", new { customerId, lines = Lines(lines) });

    public async Task<JsonElement> Placed(Guid? customerId, params (Guid ProductId, int Quantity)[] lines)
    {
        var answer = await Place(customerId, lines);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public Task<HttpResponseMessage> Return(Guid orderId, params (Guid ProductId, int Quantity)[] lines) =>
        Http.PostAsJsonAsync($"/orders/v1/orders/{orderId}/returns", new { lines = Lines(lines) });

    public Task<HttpResponseMessage> Cancel(Guid orderId, string reason = "changed my mind") =>
        Http.PostAsJsonAsync($"/orders/v1/orders/{orderId}/cancellation", new { reason });

    public Task<JsonElement> Get(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>The names of the events that Orders published, in order.</summary>
    public async Task<IReadOnlyList<JsonElement>> Events() => [.. (await Get("/admin/v1/modules/orders/events")).EnumerateArray()];

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private static IEnumerable<object> Lines((Guid ProductId, int Quantity)[] lines) =>
        lines.Select(line => new { productId = line.ProductId, quantity = line.Quantity });
}
