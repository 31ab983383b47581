using System.Net;

namespace ModularShop.PurchaseHistorySync.Tests;

/// <summary>Products, customers and orders of the real modules, made through any process of the shop.</summary>
internal sealed class Sales(TestClient http)
{
    public const string WithCopy = "purchase-history";
    public const string WithRequests = "purchase-history-sync";

    private int sold;

    public async Task<Guid> Product(decimal price, string currency = "EUR") =>
        (
            await http.Post(
                "/catalog/v1/products",
                new
                {
                    sku = $"P{++sold}",
                    name = $"Product {sold}",
                    price,
                    currency,
                }
            )
        ).Id;

    public async Task<Guid> Customer(string number)
    {
        var answer = await http.Post("/customers/v1/customer-imports", new { customers = new[] { new { number } } });
        return answer.ExpectSuccess().Body.GetProperty("customers")[0].GetProperty("customerId").GetGuid();
    }

    public async Task<Guid> Order(Guid customer, params (Guid Product, int Quantity)[] lines) =>
        (await http.Post("/orders/v1/orders", new { customerId = customer, lines = lines.Select(Line) })).Id;

    public async Task Cancel(Guid order) =>
        (await http.Post($"/orders/v1/orders/{order}/cancellation", new { reason = "changed my mind" })).ExpectSuccess();

    public async Task Return(Guid order, params (Guid Product, int Quantity)[] lines) =>
        (await http.Post($"/orders/v1/orders/{order}/returns", new { lines = lines.Select(Line) })).Expect(HttpStatusCode.Created);

    /// <summary>A customer with orders of several lines, currencies and fates.</summary>
    public async Task<Guid> CustomerWithOrders()
    {
        var (lamp, pen, book) = (await Product(59.95m), await Product(0.3333m), await Product(12m, "GBP"));
        await http.CaughtUp();
        var customer = await Customer("17850");
        await Order(customer, (lamp, 1), (pen, 7), (pen, 3));
        await Order(customer, (book, 2));
        await Cancel(await Order(customer, (lamp, 5), (await Known(3m), 1)));
        var returned = await Order(customer, (pen, 4), (lamp, 2));
        await Return(returned, (pen, 3));
        await Order(await Customer("17851"), (lamp, 9));
        await http.CaughtUp();
        return customer;
    }

    public Task<Answer> Ask(string module, Guid customer, string query = "") =>
        http.Get($"/{module}/v1/customers/{customer}/products{query}");

    private async Task<Guid> Known(decimal price)
    {
        var product = await Product(price);
        await http.CaughtUp();
        return product;
    }

    private static object Line((Guid Product, int Quantity) line) => new { productId = line.Product, quantity = line.Quantity };
}
