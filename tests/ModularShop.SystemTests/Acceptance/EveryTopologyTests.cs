using System.Net;
using ModularShop.SystemTests.Topologies;

namespace ModularShop.SystemTests.Acceptance;

/// <summary>What customers see of the shop as a whole is the same however its modules are divided among processes.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[TestFixtureSource(typeof(Arrangements), nameof(Arrangements.Tested))]
internal sealed class EveryTopologyTests(Arrangement arrangement)
{
    private SplitShop shop = null!;

    private TestClient Http => shop.Http;

    [OneTimeSetUp]
    public async Task Start() => shop = await SplitShop.Start(seed: 9, arrangement);

    [OneTimeTearDown]
    public async Task Stop() => await shop.DisposeAsync();

    [Test]
    public async Task What_a_customer_buys_and_returns_is_in_the_purchase_history()
    {
        var customer = await Register();
        var product = (await Http.AddProduct()).Expect(HttpStatusCode.Created).Id;
        var order = await OrderWhenKnown(new { customerId = customer, lines = new[] { new { productId = product, quantity = 3 } } });

        Assert.That(order.Body.GetProperty("total").GetDecimal(), Is.EqualTo(7.5m));
        await Http.Post($"/orders/v1/orders/{order.Id}/returns", new { lines = new[] { new { productId = product, quantity = 1 } } });

        var bought = await Eventually.Get(
            () => Http.Get($"/purchase-history/v1/customers/{customer}/products"),
            answer => answer.Text.Contains("\"quantityReturned\":1,", StringComparison.Ordinal)
        );
        var row = bought.Body.GetProperty("items")[0];
        Assert.That((row.Number("quantityBought"), row.GetProperty("amountBought").GetDecimal()), Is.EqualTo((3, 7.5m)));
        Assert.That(row.Text("name"), Is.EqualTo("Lantern"));
    }

    [Test]
    public async Task A_new_price_is_that_of_the_next_order_and_of_no_earlier_one()
    {
        var (product, first) = await Http.SellOne();
        await Http.Put($"/catalog/v1/products/{product}/price", new { price = 4m, currency = "EUR" });

        await Eventually.Get(() => Http.Order(product), order => order.Body.GetProperty("total").GetDecimal() == 4m);

        Assert.That((await Http.Json($"/orders/v1/orders/{first}")).GetProperty("total").GetDecimal(), Is.EqualTo(2.5m));
    }

    [Test]
    public async Task A_customer_who_is_erased_is_known_to_no_module_any_more()
    {
        var customer = await Register();
        var product = (await Http.AddProduct()).Expect(HttpStatusCode.Created).Id;
        var order = await OrderWhenKnown(new { customerId = customer, lines = new[] { new { productId = product, quantity = 1 } } });

        (await Http.Delete($"/customers/v1/customers/{customer}")).ExpectSuccess();

        await Eventually.Get(
            () => Http.Get($"/orders/v1/orders/{order.Id}"),
            answer => !answer.Text.Contains($"{customer}", StringComparison.Ordinal)
        );
        await Eventually.Get(
            () => Http.Get($"/purchase-history/v1/customers/{customer}/products"),
            answer => answer.Status == HttpStatusCode.NotFound || answer.Body.GetProperty("items").GetArrayLength() == 0
        );
        (await Http.Get($"/customers/v1/customers/{customer}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_request_that_is_repeated_under_its_key_does_the_work_once()
    {
        var (product, _) = await Http.SellOne();
        var key = Guid.CreateVersion7().ToString();

        var first = (await Http.Order(product, key)).Expect(HttpStatusCode.Created);
        var again = (await Http.Order(product, key)).Expect(HttpStatusCode.Created);
        var other = await Http.Post(
            "/orders/v1/orders",
            new { lines = new[] { new { productId = product, quantity = 2 } } },
            ("Idempotency-Key", key)
        );

        Assert.That(again.Text, Is.EqualTo(first.Text));
        other.ExpectProblem(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task Addresses_in_answers_are_those_that_the_client_uses()
    {
        foreach (var module in (string[])["catalog", "customers", "orders", "purchase-history"])
        {
            var document = await Http.Json($"/{module}/openapi/v1.json");
            Assert.That(document.GetProperty("servers")[0].Text("url"), Is.EqualTo($"http://{Http.Address.Authority}/{module}"));
        }

        var (product, _) = await Http.SellOne();
        var placed = await Http.Order(product);

        var location = new Uri(Http.Address, placed.Headers.Location!);
        Assert.That(location, Is.EqualTo(new Uri(Http.Address, $"/orders/v1/orders/{placed.Id}")));
        Assert.That((await Http.Get(location.AbsolutePath)).Id, Is.EqualTo(placed.Id));
    }

    [TestCase("/orders/v1/orders/019ac3b0-0000-7000-8000-000000000000")]
    [TestCase("/catalog/v1/products/019ac3b0-0000-7000-8000-000000000000")]
    [TestCase("/orders/v1/nothing")]
    [TestCase("/nothing")]
    public async Task What_is_not_there_is_a_problem_that_says_so(string path) =>
        (await Http.Get(path)).ExpectProblem(HttpStatusCode.NotFound);

    private async Task<Guid> Register() => (
            await Http.Post(
                "/customers/v1/customers",
                new
                {
                    email = $"{Guid.CreateVersion7()}@example.com",
                    password = "correct horse",
                    country = "France",
                }
            )
        ).Expect(HttpStatusCode.Created).Id;

    private Task<Answer> OrderWhenKnown(object order) =>
        Eventually.Get(() => Http.Post("/orders/v1/orders", order), answer => answer.Status == HttpStatusCode.Created);
}
