using System.Net;
using ModularShop.Customers.Contracts;

namespace ModularShop.Orders.Tests;

internal sealed class ErasedCustomerTests
{
    [Test]
    public async Task A_request_repeated_after_the_erasure_orders_nothing_and_does_not_reveal_the_customer()
    {
        await using var orders = await OrdersFixture.Start();
        var product = await orders.Product();
        var customer = Guid.CreateVersion7();
        var first = await Place(orders, customer, product);
        Assert.That(first.Text, Does.Contain($"{customer}"));

        await orders.Customers.Publish(new CustomerErased(customer));
        await orders.App.CaughtUp();
        var repeated = await Place(orders, customer, product);

        repeated.Expect(HttpStatusCode.Conflict);
        Assert.That(repeated.Text, Does.Not.Contain($"{customer}"));
        Assert.That((await orders.Get("/orders/v1/orders")).GetProperty("items").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task When_a_customer_was_forgotten_nothing_is_left_in_the_write_ahead_log()
    {
        await using var orders = await OrdersFixture.Start();
        var customer = Guid.CreateVersion7();
        await orders.Placed(customer, (await orders.Product(), 1));
        var wal = new FileInfo(Path.Combine(orders.App.Directory, "orders.db-wal"));
        Assert.That(wal.Length, Is.Positive);

        await orders.Customers.Publish(new CustomerErased(customer));
        await orders.App.CaughtUp();

        await Eventually.True(() =>
        {
            wal.Refresh();
            return wal.Length == 0;
        });
    }

    private static Task<Answer> Place(OrdersFixture orders, Guid customerId, Guid productId) =>
        orders.Http.Post(
            "/orders/v1/orders",
            new { customerId, lines = new[] { new { productId, quantity = 1 } } },
            ("Idempotency-Key", "once")
        );
}
