using System.Net;
using System.Text.Json;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;

namespace ModularShop.Orders.Tests;

internal sealed class PlaceOrderTests
{
    [Test]
    public async Task An_order_is_priced_from_the_read_copy_of_the_catalog()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product(2.55m);
        var customer = Guid.CreateVersion7();

        var answer = await orders.Place(customer, (lantern, 3));
        var order = answer.Body;

        answer.Expect(HttpStatusCode.Created);
        Assert.That(answer.Headers.ETag?.Tag, Is.EqualTo("\"1\""));
        Assert.That(order.GetProperty("total").GetDecimal(), Is.EqualTo(7.65m));
        Assert.That(order.GetProperty("status").GetString(), Is.EqualTo("placed"));
        var shown = await orders.Get(answer.Headers.Location!.ToString());
        Assert.That(shown.GetProperty("customerId").GetGuid(), Is.EqualTo(customer));
        Assert.That(shown.GetProperty("lines")[0].GetProperty("unitPrice").GetDecimal(), Is.EqualTo(2.55m));
    }

    [Test]
    public async Task An_order_is_published_with_its_lines_and_prices()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product(2.55m);
        var order = await orders.Placed(null, (lantern, 3));

        var published = (await orders.Events()).Single();

        Assert.That(published.GetProperty("type").GetString(), Is.EqualTo("orders.order-placed"));
        Assert.That(published.GetProperty("subject").GetString(), Is.EqualTo(order.GetProperty("id").GetString()));
        var line = published.GetProperty("data").GetProperty("lines")[0];
        Assert.That(line.GetProperty("productId").GetGuid(), Is.EqualTo(lantern));
        Assert.That(line.GetProperty("unitPrice").GetDecimal(), Is.EqualTo(2.55m));
    }

    [Test]
    public async Task An_order_for_an_unknown_product_is_refused_and_names_the_line()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();

        var answer = await orders.Place(null, (lantern, 1), (Guid.CreateVersion7(), 1));

        answer.ExpectProblem(HttpStatusCode.UnprocessableEntity, "lines[1].productId");
        Assert.That(await orders.Events(), Is.Empty);
    }

    [Test]
    public async Task An_order_for_a_discontinued_product_is_refused()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();
        await orders.Catalog.Publish(new ProductDiscontinued(lantern));
        await orders.App.CaughtUp();

        var answer = await orders.Place(null, (lantern, 1));

        answer.ExpectProblem(HttpStatusCode.UnprocessableEntity, "lines[0].productId");
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1_000_001)]
    public async Task A_quantity_out_of_range_is_refused(int quantity)
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();

        var answer = await orders.Place(null, (lantern, quantity));

        answer.ExpectProblem(HttpStatusCode.BadRequest, "lines[0].quantity");
    }

    [Test]
    public async Task An_empty_order_is_refused()
    {
        await using var orders = await OrdersFixture.Start();

        (await orders.Place(null)).ExpectProblem(HttpStatusCode.BadRequest, "lines");
        var without = await orders.Http.Post("/orders/v1/orders", new { });
        without.ExpectProblem(HttpStatusCode.BadRequest, "lines");
    }

    [Test]
    public async Task Products_of_two_currencies_do_not_go_into_one_order()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product(1m, "EUR");
        var hanger = await orders.Product(1m, "GBP");

        var answer = await orders.Place(null, (lantern, 1), (hanger, 1));

        answer.ExpectProblem(HttpStatusCode.UnprocessableEntity, "lines[1].productId");
    }

    [Test]
    public async Task A_new_price_holds_for_new_orders_only()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product(1m);
        var before = await orders.Placed(null, (lantern, 1));
        await orders.Catalog.Publish(new PriceChanged(lantern, 3m, "EUR"));
        await orders.App.CaughtUp();

        var after = await orders.Placed(null, (lantern, 1));

        Assert.That(after.GetProperty("total").GetDecimal(), Is.EqualTo(3m));
        var kept = await orders.Get($"/orders/v1/orders/{before.GetProperty("id").GetGuid()}");
        Assert.That(kept.GetProperty("total").GetDecimal(), Is.EqualTo(1m));
    }

    [Test]
    public async Task An_erased_customer_cannot_order_and_earlier_orders_no_longer_tell_whose_they_were()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();
        var customer = Guid.CreateVersion7();
        var before = await orders.Placed(customer, (lantern, 1));
        await orders.Customers.Publish(new CustomerErased(customer));
        await orders.App.CaughtUp();

        var answer = await orders.Place(customer, (lantern, 1));

        answer.ExpectProblem(HttpStatusCode.UnprocessableEntity, "customerId");
        var kept = await orders.Get($"/orders/v1/orders/{before.GetProperty("id").GetGuid()}");
        Assert.That(kept.GetProperty("customerId").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task The_same_idempotency_key_places_one_order()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();
        var body = new { lines = new[] { new { productId = lantern, quantity = 1 } } };

        var first = await orders.Http.Post("/orders/v1/orders", body, ("Idempotency-Key", "once"));
        var second = await orders.Http.Post("/orders/v1/orders", body, ("Idempotency-Key", "once"));

        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(second.Headers.Location, Is.EqualTo(first.Headers.Location));
        Assert.That(await orders.Events(), Has.Count.EqualTo(1));
    }
}
