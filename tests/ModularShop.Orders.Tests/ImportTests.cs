using System.Net;
using System.Text.Json;
using ModularShop.Customers.Contracts;

namespace ModularShop.Orders.Tests;

internal sealed class ImportTests
{
    private static readonly Guid Lantern = Guid.CreateVersion7();
    private static readonly Guid Customer = Guid.CreateVersion7();

    [Test]
    public async Task Orders_of_the_past_keep_their_dates_and_prices_and_need_no_known_product()
    {
        await using var orders = await OrdersFixture.Start();

        var result = await Import(orders, "order-imports", new { orders = new[] { Order("536365", 6, 2.55m) } });

        Assert.That(result.ToString(), Is.EqualTo("""{"added":1,"orders":1,"lines":1,"total":15.30}"""));
        var order = (await orders.Get("/orders/v1/orders")).GetProperty("items")[0];
        Assert.That(order.GetProperty("importNumber").GetString(), Is.EqualTo("536365"));
        Assert.That(
            order.GetProperty("placedAt").GetDateTimeOffset(),
            Is.EqualTo(new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero))
        );
        Assert.That((await orders.Events()).Single().GetProperty("type").GetString(), Is.EqualTo("orders.order-imported"));
    }

    [Test]
    public async Task Importing_again_adds_nothing_and_tells_what_is_there()
    {
        await using var orders = await OrdersFixture.Start();
        await Import(orders, "order-imports", new { orders = new[] { Order("1", 1, 1m) } });

        var result = await Import(orders, "order-imports", new { orders = new[] { Order("1", 1, 1m), Order("2", 2, 1m) } });

        Assert.That(result.ToString(), Is.EqualTo("""{"added":1,"orders":2,"lines":2,"total":3}"""));
        Assert.That(await orders.Events(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Past_purchases_of_an_erased_customer_are_imported_as_a_guests()
    {
        await using var orders = await OrdersFixture.Start();
        await orders.Customers.Publish(new CustomerErased(Customer));
        await orders.App.CaughtUp();

        await Import(orders, "order-imports", new { orders = new[] { Order("1", 1, 1m) } });

        var order = (await orders.Get("/orders/v1/orders")).GetProperty("items")[0];
        Assert.That(order.GetProperty("customerId").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await orders.Events()).Single().GetProperty("data").TryGetProperty("customerId", out _), Is.False);
    }

    [Test]
    public async Task The_same_number_twice_in_one_request_is_one_order()
    {
        await using var orders = await OrdersFixture.Start();

        var result = await Import(orders, "order-imports", new { orders = new[] { Order("1", 1, 1m), Order("1", 1, 1m) } });

        Assert.That(result.GetProperty("added").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task Returns_of_the_past_belong_to_no_order()
    {
        await using var orders = await OrdersFixture.Start();
        var item = new
        {
            number = "C536379",
            customerId = Customer,
            currency = "GBP",
            returnedAt = "2010-12-01T09:41:00Z",
            lines = new[]
            {
                new
                {
                    productId = Lantern,
                    quantity = 1,
                    unitPrice = 27.5m,
                },
            },
        };

        await Import(orders, "return-imports", new { returns = new[] { item } });
        var again = await Import(orders, "return-imports", new { returns = new[] { item } });

        Assert.That(again.ToString(), Is.EqualTo("""{"added":0,"returns":1,"lines":1,"total":27.5}"""));
        Assert.That((await orders.Events()).Single().GetProperty("type").GetString(), Is.EqualTo("orders.return-imported"));
    }

    [Test]
    public async Task An_order_or_a_return_that_is_stated_otherwise_is_named_and_stays()
    {
        await using var orders = await OrdersFixture.Start();
        await Import(orders, "order-imports", new { orders = new[] { Order("1", 6, 1m), Order("2", 1, 1m) } });

        var result = await Import(
            orders,
            "order-imports",
            new { orders = new[] { Order("1", 7, 1m), Order("2", 1, 1m), Order("3", 1, 1m) } }
        );

        Assert.That(
            result.ToString(),
            Is.EqualTo(
                """{"added":1,"orders":3,"lines":3,"total":8,"differences":[{"number":"1","reasons":["line 1: quantity 6 is held, not 7"]}]}"""
            )
        );
        Assert.That(await orders.Events(), Has.Count.EqualTo(3));
    }

    [TestCase("2010-12-01T08:26:00.1239999Z")]
    [TestCase("2010-12-01T09:26:00.1239999+01:00")]
    public async Task A_time_is_kept_compared_and_published_in_milliseconds(string placedAt)
    {
        await using var orders = await OrdersFixture.Start();
        var cut = new DateTimeOffset(2010, 12, 1, 8, 26, 0, 123, TimeSpan.Zero);
        object[] Orders(string at) => [Order("1", 1, 1m, at)];
        await Import(orders, "order-imports", new { orders = Orders(placedAt) });

        var again = await Import(orders, "order-imports", new { orders = Orders(placedAt) });

        Assert.That(again.TryGetProperty("differences", out _), Is.False);
        var order = (await orders.Get("/orders/v1/orders")).GetProperty("items")[0];
        Assert.That(order.GetProperty("placedAt").GetDateTimeOffset(), Is.EqualTo(cut));
        var published = (await orders.Events()).Single().GetProperty("data");
        Assert.That(published.GetProperty("placedAt").GetDateTimeOffset(), Is.EqualTo(cut));
    }

    [TestCase("currency", "\"EUR\\n\"", "orders[0].currency")]
    [TestCase("placedAt", "\"0001-01-02T00:00:00Z\"", "orders[0].placedAt")]
    [TestCase(
        "lines",
        "[{\"productId\":\"0197f3a0-0000-7000-8000-000000000000\",\"quantity\":1,\"unitPrice\":1e-30}]",
        "orders[0].lines[0].unitPrice"
    )]
    [TestCase(
        "lines",
        "[{\"productId\":\"0197f3a0-0000-7000-8000-000000000000\",\"quantity\":1,\"unitPrice\":1,\"boughtAt\":\"0001-01-02T00:00:00Z\"}]",
        "orders[0].lines[0].boughtAt"
    )]
    public async Task What_looks_nearly_right_is_refused(string field, string value, string named)
    {
        await using var orders = await OrdersFixture.Start();
        var order = System.Text.Json.Nodes.JsonNode.Parse(JsonSerializer.Serialize(Order("1", 1, 1m)))!.AsObject();
        order.Remove(field);
        var body = order.ToJsonString().TrimEnd('}') + $",\"{field}\":{value}}}";

        var answer = await orders.Http.Post("/orders/v1/order-imports", $"{{\"orders\":[{body}]}}");

        answer.ExpectProblem(HttpStatusCode.BadRequest, named);
    }

    [TestCase("", 1, "1.0", "orders[0].number")]
    [TestCase("1", 0, "1.0", "orders[0].lines[0].quantity")]
    [TestCase("1", 1, "-0.01", "orders[0].lines[0].unitPrice")]
    [TestCase("1", 1, "0.00001", "orders[0].lines[0].unitPrice")]
    public async Task A_bad_field_is_named_and_nothing_of_the_request_is_kept(string number, int quantity, string price, string field)
    {
        await using var orders = await OrdersFixture.Start();
        var bad = Order(number, quantity, decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture));

        var answer = await orders.Http.Post("/orders/v1/order-imports", new { orders = new[] { bad, Order("2", 1, 1m) } });

        answer.ExpectProblem(HttpStatusCode.BadRequest, field);
        Assert.That(await orders.Events(), Is.Empty);
    }

    private static object Order(string number, int quantity, decimal price, string placedAt = "2010-12-01T08:26:00Z") =>
        new
        {
            number,
            customerId = Customer,
            currency = "GBP",
            placedAt,
            lines = new[]
            {
                new
                {
                    productId = Lantern,
                    quantity,
                    unitPrice = price,
                },
            },
        };

    private static async Task<JsonElement> Import(OrdersFixture orders, string what, object body)
    {
        var answer = await orders.Http.Post($"/orders/v1/{what}", body);
        return answer.Expect(HttpStatusCode.OK).Body;
    }
}
