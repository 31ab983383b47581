using System.Text.Json;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>The PurchaseHistory module alone, with stand-ins that publish the other modules' events.</summary>
internal sealed class HistoryFixture : IAsyncDisposable
{
    private readonly StandInModule catalog;
    private readonly StandInModule customers;
    private readonly StandInModule orders;

    private HistoryFixture(TestApplication app, StandInModule catalog, StandInModule customers, StandInModule orders)
    {
        App = app;
        this.catalog = catalog;
        this.customers = customers;
        this.orders = orders;
    }

    public TestApplication App { get; }

    public TestClient Http => App.Http;

    public static async Task<HistoryFixture> Start()
    {
        var catalog = new StandInModule("catalog");
        var customers = new StandInModule("customers");
        var orders = new StandInModule("orders");
        var app = await TestApplication.Start(new PurchaseHistoryModule(), catalog, customers, orders);
        Assert.That(app.Quarantined, Is.Empty);
        return new HistoryFixture(app, catalog, customers, orders);
    }

    public static DateTimeOffset Day(int day) => new(2010, 12, day, 12, 0, 0, TimeSpan.Zero);

    public async Task<Guid> Customer(string? number)
    {
        var id = Guid.CreateVersion7();
        await customers.Publish(new CustomerRegistered(id, number, "United Kingdom"));
        return id;
    }

    public Task Registered(Guid customer, string number) => customers.Publish(new CustomerRegistered(customer, number, "United Kingdom"));

    public Task Erase(Guid customer) => customers.Publish(new CustomerErased(customer));

    public async Task<Guid> Product(string sku, string name = "LANTERN")
    {
        var id = Guid.CreateVersion7();
        await catalog.Publish(new ProductAdded(id, sku, name, 1m, "GBP"));
        return id;
    }

    public Task ProductAdded(Guid product, string sku, string name) => catalog.Publish(new ProductAdded(product, sku, name, 1m, "GBP"));

    public Task Rename(Guid product, string name) => catalog.Publish(new ProductChanged(product, name, null));

    public Task<Guid> Order(Guid? customer, int day, params OrderedLine[] lines) => OrderIn("GBP", customer, day, lines);

    public async Task<Guid> OrderIn(string currency, Guid? customer, int day, params OrderedLine[] lines)
    {
        var id = Guid.CreateVersion7();
        await orders.Publish(new OrderPlaced(id, customer, Day(day), currency, lines));
        return id;
    }

    public Task Import(Guid? customer, int day, params OrderedLine[] lines) =>
        orders.Publish(new OrderImported(Guid.CreateVersion7(), customer, Day(day), "GBP", lines));

    public Task ImportReturn(Guid? customer, int day, params OrderedLine[] lines) =>
        orders.Publish(new ReturnImported(Guid.CreateVersion7(), customer, Day(day), "GBP", lines));

    public Task Cancel(Guid order) => orders.Publish(new OrderCancelled(order, "changed my mind"));

    public Task Return(Guid order, Guid? customer, params OrderedLine[] lines) =>
        orders.Publish(new OrderReturned(Guid.CreateVersion7(), order, customer, Day(28), "GBP", lines));

    /// <summary>How many events could not be applied, once all are done with.</summary>
    public async Task<int> DeadLetters()
    {
        await App.CaughtUp(allowDeadLetters: true);
        return (await Http.DeadLetters("purchase-history")).Count;
    }

    /// <summary>An answer of the module after it has applied all published events.</summary>
    /// <param name="allowDeadLetters">It has applied or given up all of them.</param>
    public async Task<JsonElement> Get(string path, bool allowDeadLetters = false)
    {
        await App.CaughtUp(allowDeadLetters);
        return await Http.Json($"/purchase-history/v1/{path}");
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
