using System.Net;
using System.Text.Json;
using ModularShop.Catalog;
using ModularShop.Customers;
using ModularShop.Orders;
using ModularShop.PurchaseHistory;

namespace ModularShop.PurchaseHistorySync.Tests;

/// <summary>Both modules with the real other ones, over real HTTP.</summary>
internal sealed class SameAnswerTests
{
    private TestApplication app = null!;
    private Sales sales = null!;

    [SetUp]
    public async Task Start()
    {
        app = await TestApplication.Start(
            [new CatalogModule(), new CustomersModule(), new OrdersModule(), new PurchaseHistoryModule(), new PurchaseHistorySyncModule()],
            directory: null,
            Patient.Settings
        );
        Assert.That(app.Quarantined, Is.Empty);
        sales = new Sales(app.Http);
    }

    [TearDown]
    public async Task Stop() => await app.DisposeAsync();

    [Test]
    public async Task Both_modules_answer_the_same_for_the_same_data()
    {
        var customer = await sales.CustomerWithOrders();

        var copied = (await sales.Ask(Sales.WithCopy, customer)).ExpectSuccess().Body;
        var asked = (await sales.Ask(Sales.WithRequests, customer)).ExpectSuccess().Body;

        Assert.That(copied.GetProperty("items").GetArrayLength(), Is.EqualTo(3));
        Assert.That(asked.GetProperty("missing").GetArrayLength(), Is.Zero);
        Assert.That(Rows(asked), Is.EqualTo(Rows(copied)));
    }

    [Test]
    public async Task Both_modules_page_the_same_and_understand_each_others_cursors()
    {
        var customer = await sales.CustomerWithOrders();
        string? after = null;
        do
        {
            var query = $"?limit=1&after={after}";
            var copied = (await sales.Ask(Sales.WithCopy, customer, query)).ExpectSuccess().Body;
            var asked = (await sales.Ask(Sales.WithRequests, customer, query)).ExpectSuccess().Body;

            Assert.That(Rows(asked), Is.EqualTo(Rows(copied)));
            after = copied.GetProperty("next").GetString();
            Assert.That(asked.GetProperty("next").GetString(), Is.EqualTo(after));
        } while (after is not null);
    }

    [Test]
    public async Task A_customer_who_does_not_exist_is_not_found_by_either()
    {
        var nobody = Guid.CreateVersion7();

        (await sales.Ask(Sales.WithCopy, nobody)).Expect(HttpStatusCode.NotFound);
        (await sales.Ask(Sales.WithRequests, nobody)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task An_order_is_in_the_next_answer_without_waiting()
    {
        var product = await sales.Product(2m);
        var customer = await sales.Customer("1");
        await app.CaughtUp();

        await sales.Order(customer, (product, 3));
        var asked = (await sales.Ask(Sales.WithRequests, customer)).ExpectSuccess().Body;

        Assert.That(asked.GetProperty("items")[0].GetProperty("quantityBought").GetInt64(), Is.EqualTo(3));
    }

    // An amount is the same with any number of zeros at its end.
    private static IEnumerable<string> Rows(JsonElement answer) =>
        answer
            .GetProperty("items")
            .EnumerateArray()
            .Select(row => string.Join(' ', row.EnumerateObject().Select(field => $"{field.Name}={Text(field.Value)}")));

    private static string Text(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number ? $"{value.GetDecimal() / 1.0000000000m:0.####}" : value.GetRawText();
}
