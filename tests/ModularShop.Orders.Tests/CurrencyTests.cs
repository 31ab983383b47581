using System.Net;

namespace ModularShop.Orders.Tests;

internal sealed class CurrencyTests
{
    [TestCase("GBP\n")]
    [TestCase("gbp")]
    [TestCase("GBPX")]
    [TestCase("ÄÖÜ")]
    public async Task A_currency_is_three_letters_and_nothing_else(string currency)
    {
        await using var orders = await OrdersFixture.Start();
        var lines = new[]
        {
            new
            {
                productId = Guid.CreateVersion7(),
                quantity = 1,
                unitPrice = 1m,
            },
        };
        var order = new
        {
            number = "1",
            currency,
            placedAt = "2010-12-01T08:26:00Z",
            lines,
        };
        var returned = new
        {
            number = "C1",
            currency,
            returnedAt = "2010-12-01T08:26:00Z",
            lines,
        };

        var ordered = await orders.Http.Post("/orders/v1/order-imports", new { orders = new[] { order } });
        var cameBack = await orders.Http.Post("/orders/v1/return-imports", new { returns = new[] { returned } });

        Assert.That((ordered.Status, cameBack.Status), Is.EqualTo((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest)));
        Assert.That(ordered.Fields, Is.EqualTo(["orders[0].currency"]));
        Assert.That(cameBack.Fields, Is.EqualTo(["returns[0].currency"]));
    }
}
