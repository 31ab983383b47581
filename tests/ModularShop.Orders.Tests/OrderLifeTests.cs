using System.Net;

namespace ModularShop.Orders.Tests;

internal sealed class OrderLifeTests
{
    [Test]
    public async Task A_cancelled_order_says_why_and_is_published()
    {
        await using var orders = await OrdersFixture.Start();
        var id = (await orders.Placed(null, (await orders.Product(), 1))).GetProperty("id").GetGuid();

        var answer = await orders.Cancel(id, "found it cheaper");
        var order = answer.Body;

        Assert.That(order.GetProperty("status").GetString(), Is.EqualTo("cancelled"));
        Assert.That(order.GetProperty("cancellationReason").GetString(), Is.EqualTo("found it cheaper"));
        Assert.That((await orders.Events())[^1].GetProperty("type").GetString(), Is.EqualTo("orders.order-cancelled"));
        (await orders.Cancel(id)).Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task An_order_is_answered_with_the_time_that_is_kept()
    {
        await using var orders = await OrdersFixture.Start();

        var placed = await orders.Placed(null, (await orders.Product(), 1));
        var shown = await orders.Get($"/orders/v1/orders/{placed.GetProperty("id").GetGuid()}");
        var published = (await orders.Events())[^1].GetProperty("data");

        Assert.That(shown.GetProperty("placedAt").GetString(), Is.EqualTo(placed.GetProperty("placedAt").GetString()));
        Assert.That(published.GetProperty("placedAt").GetString(), Is.EqualTo(placed.GetProperty("placedAt").GetString()));
    }

    [Test]
    public async Task Of_pieces_beyond_two_thousand_million_some_can_be_returned()
    {
        await using var orders = await OrdersFixture.Start();
        var bead = await orders.Product(0.0001m);
        var lines = Enumerable.Repeat((bead, 1_000_000), 2200).ToArray();
        var id = (await orders.Placed(null, lines)).GetProperty("id").GetGuid();

        var answer = await orders.Return(id, (bead, 1_000_000));

        answer.Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_cancellation_needs_a_reason_and_an_order()
    {
        await using var orders = await OrdersFixture.Start();
        var id = (await orders.Placed(null, (await orders.Product(), 1))).GetProperty("id").GetGuid();

        (await orders.Cancel(id, "")).Expect(HttpStatusCode.BadRequest);
        (await orders.Cancel(Guid.CreateVersion7())).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task An_order_that_was_changed_meanwhile_is_not_cancelled()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();
        var id = (await orders.Placed(null, (lantern, 2))).GetProperty("id").GetGuid();
        (await orders.Return(id, (lantern, 1))).ExpectSuccess();

        (await orders.Cancel(id, ifMatch: "\"1\"")).Expect(HttpStatusCode.PreconditionFailed);
    }

    [Test]
    public async Task A_return_is_credited_at_the_price_paid_and_published()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product(2.5m);
        var id = (await orders.Placed(null, (lantern, 3))).GetProperty("id").GetGuid();

        var answer = await orders.Return(id, (lantern, 2));
        var returned = answer.Body;

        answer.Expect(HttpStatusCode.Created);
        Assert.That(returned.GetProperty("total").GetDecimal(), Is.EqualTo(5m));
        var order = await orders.Get($"/orders/v1/orders/{id}");
        Assert.That(order.GetProperty("lines")[0].GetProperty("returned").GetInt32(), Is.EqualTo(2));
        var published = (await orders.Events())[^1];
        Assert.That(published.GetProperty("type").GetString(), Is.EqualTo("orders.order-returned"));
        Assert.That(published.GetProperty("subject").GetGuid(), Is.EqualTo(id));
    }

    [Test]
    public async Task A_return_of_more_than_was_bought_changes_nothing()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();
        var hanger = await orders.Product();
        var id = (await orders.Placed(null, (lantern, 2), (hanger, 1))).GetProperty("id").GetGuid();

        var answer = await orders.Return(id, (lantern, 2), (hanger, 2));

        answer.Expect(HttpStatusCode.Conflict);
        var order = await orders.Get($"/orders/v1/orders/{id}");
        Assert.That(order.GetProperty("lines")[0].GetProperty("returned").GetInt32(), Is.Zero);
        Assert.That(await orders.Events(), Has.Count.EqualTo(1));
    }

    [TestCase("bm9uc2Vuc2U")]
    [TestCase("eyJQbGFjZWRBdCI6OTIyMzM3MjAzNjg1NDc3NTgwNywiU2VxdWVuY2UiOjF9")]
    public async Task A_forged_cursor_is_refused(string cursor)
    {
        await using var orders = await OrdersFixture.Start();

        var answer = await orders.Http.Get($"/orders/v1/orders?after={cursor}");

        answer.Expect(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task Orders_are_listed_latest_first_page_by_page_by_customer_and_status()
    {
        await using var orders = await OrdersFixture.Start();
        var lantern = await orders.Product();
        var customer = Guid.CreateVersion7();
        var placed = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            placed.Add((await orders.Placed(customer, (lantern, 1))).GetProperty("id").GetGuid());
        }
        await orders.Placed(null, (lantern, 1));
        await orders.Cancel(placed[0]);

        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await orders.Get($"/orders/v1/orders?customerId={customer}&limit=2&after={after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("id").GetGuid()));
            after = page.GetProperty("next").GetString();
        } while (after is not null);
        var cancelled = await orders.Get("/orders/v1/orders?status=cancelled");

        Assert.That(seen, Is.EqualTo(Enumerable.Reverse(placed)));
        Assert.That(cancelled.GetProperty("items")[0].GetProperty("id").GetGuid(), Is.EqualTo(placed[0]));
        Assert.That(cancelled.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }
}
