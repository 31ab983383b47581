using System.Net;
using System.Text.Json.Nodes;
using ModularShop.Catalog;
using ModularShop.Customers;
using ModularShop.Orders;
using ModularShop.PurchaseHistory;

namespace ModularShop.SystemTests.Acceptance;

/// <summary>
/// The current modules read logs of an older shop and derive the same data from them. The ids below are in those logs, which never
/// change.
/// </summary>
[TestFixture("v1")]
internal sealed class OldLogTests(string version)
{
    private const string Mug = "01a20572-22f6-74fe-8c95-d87a77cf0d64";
    private const string RepricedPot = "01a20572-25ff-7157-9a1b-0cb610b823ca";
    private const string DiscontinuedLamp = "01a20572-266d-7011-b03e-27df3092b062";
    private const string ErasedCustomer = "01a20572-3c89-74b1-90da-23c373ee1cea";

    private readonly string directory = OldLog.Restore(version);

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task The_purchase_history_gives_the_answers_that_it_gave_then()
    {
        await using var shop = await Start();
        var answers = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(OldLog.FolderOf(version), "answers.json")))!.AsObject();

        Assert.That(answers, Is.Not.Empty);
        foreach (var (path, expected) in answers)
        {
            var answer = JsonNode.Parse((await shop.Http.Get(path)).Text);
            Assert.That(JsonNode.DeepEquals(answer, expected), $"{path} was {expected} and is {answer}");
        }
    }

    [Test]
    public async Task Orders_knows_the_catalog_and_the_erased_customers_of_then()
    {
        await using var shop = await Start();

        var order = await Order(shop, customerId: null, Mug, RepricedPot);
        var discontinued = await Order(shop, customerId: null, DiscontinuedLamp);
        var erased = await Order(shop, ErasedCustomer, Mug);

        order.Expect(HttpStatusCode.Created);
        Assert.That(
            order.Body.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("unitPrice").GetDecimal()),
            Is.EqualTo([12.5m, 44m])
        );
        discontinued.Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(discontinued.Text, Does.Contain("is discontinued"));
        erased.Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(erased.Text, Does.Contain("was erased"));
    }

    [Test]
    public async Task Nothing_in_the_logs_became_a_dead_letter()
    {
        await using var shop = await Start();

        foreach (var module in (string[])["orders", "purchase-history"])
        {
            Assert.That((await shop.Http.Get($"/admin/v1/modules/{module}/dead-letters")).Body.EnumerateArray(), Is.Empty);
        }
    }

    private static Task<Answer> Order(TestApplication shop, string? customerId, params string[] products) =>
        shop.Http.Post("/orders/v1/orders", new { customerId, lines = products.Select(productId => new { productId, quantity = 1 }) });

    private async Task<TestApplication> Start()
    {
        var shop = await TestApplication.Start(
            [new CatalogModule(), new CustomersModule(), new OrdersModule(), new PurchaseHistoryModule()],
            directory
        );
        await shop.CaughtUp();
        return shop;
    }
}
