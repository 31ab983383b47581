using System.Net;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Orders.Reactions;

namespace ModularShop.Orders.Tests;

/// <summary>Orders are never accepted at outdated catalog prices, for whatever reason the read copy is outdated.</summary>
internal sealed class StaleCopyTests
{
    private readonly ManualResetEventSlim gate = new(initialState: true);

    [TearDown]
    public void Open()
    {
        gate.Set();
        gate.Dispose();
    }

    [Test]
    public async Task During_a_replay_of_the_catalog_no_order_gets_an_old_price_or_a_discontinued_product()
    {
        await using var shop = await OrdersFixture.Start(PauseRepricing);
        var product = await shop.Product(price: 10);
        var gone = await shop.Product(price: 10);
        await shop.Catalog.Publish([new PriceChanged(product, 1000, "EUR"), new ProductDiscontinued(gone)]);
        await shop.App.CaughtUp();
        gate.Reset();

        await Rebuild(shop, "products");

        var early = await shop.Place(null, (product, 1));
        var impossible = await shop.Place(null, (gone, 1));
        early.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(early.Headers.RetryAfter, Is.Not.Null);
        Assert.That(early.Body.GetProperty("detail").GetString(), Does.Contain("'products'").And.Contain("catalog"));
        impossible.Expect(HttpStatusCode.ServiceUnavailable);
        gate.Set();
        var order = await Eventually.Get(() => shop.Place(null, (product, 1)), answer => answer.Status == HttpStatusCode.Created);
        Assert.That(order.Body.GetProperty("total").GetDecimal(), Is.EqualTo(1000));
        var refused = await shop.Place(null, (gone, 1));
        refused.Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task Commands_that_do_not_decide_on_the_catalog_run_during_its_replay()
    {
        await using var shop = await OrdersFixture.Start(PauseRepricing);
        var product = await shop.Product(price: 10);
        var order = await shop.Placed(null, (product, 1));
        await shop.Catalog.Publish(new PriceChanged(product, 11, "EUR"));
        await shop.App.CaughtUp();
        gate.Reset();
        await Rebuild(shop, "products");

        var list = await shop.Get("/orders/v1/orders");

        Assert.That(list.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
        gate.Set();
        var cancelled = await shop.Cancel(order.GetProperty("id").GetGuid());
        cancelled.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Erased_customers_stay_erased_during_a_replay_of_the_customers()
    {
        await using var shop = await OrdersFixture.Start();
        var product = await shop.Product();
        var customer = Guid.CreateVersion7();
        await shop.Customers.Publish(new CustomerErased(customer));
        await shop.App.CaughtUp();
        // Behind many other events, so that the replay takes some time.
        await shop.Customers.Publish([.. Enumerable.Range(0, 2000).Select(_ => new CustomerErased(Guid.CreateVersion7()))]);
        await shop.App.CaughtUp();

        await Rebuild(shop, "erased-customers");

        var answer = await Eventually.Get(
            () => shop.Place(customer, (product, 1)),
            answer => answer.Status != HttpStatusCode.ServiceUnavailable
        );
        answer.Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task Replaying_one_read_copy_leaves_the_others_alone()
    {
        await using var shop = await OrdersFixture.Start(PauseRepricing);
        var product = await shop.Product();
        await shop.Catalog.Publish(new PriceChanged(product, 3, "EUR"));
        await shop.App.CaughtUp();
        gate.Reset(); // The catalog could not be read again.

        await Rebuild(shop, "erased-customers");

        var answer = await shop.Place(null, (product, 1));
        answer.Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task An_order_repeated_under_its_key_is_answered_during_a_replay_of_the_catalog()
    {
        var endless = new Dictionary<string, string?>
        {
            ["Kernel:Delivery:MaxAttempts"] = "100000",
            ["Kernel:Delivery:MaxRetryDelay"] = "00:00:00.050",
        };
        await using var shop = await OrdersFixture.Start(FailRepricing, endless);
        var product = await shop.Product(price: 10);
        await shop.Catalog.Publish(new PriceChanged(product, 11, "EUR"));
        await shop.App.CaughtUp();
        var order = new { lines = new[] { new { productId = product, quantity = 1 } } };
        var first = await shop.Http.Post("/orders/v1/orders", order, ("Idempotency-Key", "one"));
        gate.Reset();
        await Rebuild(shop, "products");

        var repeated = await shop.Http.Post("/orders/v1/orders", order, ("Idempotency-Key", "one"));
        var other = await shop.Http.Post("/orders/v1/orders", order, ("Idempotency-Key", "two"));

        first.Expect(HttpStatusCode.Created);
        Assert.That((repeated.Status, repeated.Text), Is.EqualTo((HttpStatusCode.Created, first.Text)));
        other.Expect(HttpStatusCode.ServiceUnavailable);
    }

    private static async Task Rebuild(OrdersFixture shop, string copy)
    {
        var answer = await shop.Http.Post($"/admin/v1/modules/orders/rebuild?copy={copy}", body: null);
        answer.Expect(HttpStatusCode.Accepted);
    }

    // While the gate is closed, a replay stops before the first changed price and holds the writer.
    private void PauseRepricing(IServiceCollection services) => BeforeRepricing(services, gate.Wait);

    // The same, but the writer is free between the attempts.
    private void FailRepricing(IServiceCollection services) =>
        BeforeRepricing(
            services,
            () =>
            {
                if (!gate.IsSet)
                {
                    throw new InvalidOperationException("Not yet.");
                }
            }
        );

    private static void BeforeRepricing(IServiceCollection services, Action action)
    {
        services.RemoveAll<INotificationHandler<PriceChanged>>();
        services.AddTransient<INotificationHandler<PriceChanged>>(provider =>
        {
            action();
            return ActivatorUtilities.CreateInstance<CopyNewPrice>(provider);
        });
    }
}
