using System.Text.Json;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>A cancelled order is taken off all sums.</summary>
internal sealed class CancelledOrderTests
{
    [Test]
    public async Task What_was_returned_stays_when_the_only_order_is_cancelled()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        await history.ImportReturn(customer, 1, new OrderedLine(product, 2, 3m));
        await history.Cancel(await history.Order(customer, 2, new OrderedLine(product, 5, 3m)));

        var item = (await Items(history, customer)).Single();

        Assert.That(item.GetProperty("orders").GetInt64(), Is.Zero);
        Assert.That(item.GetProperty("quantityBought").GetInt64(), Is.Zero);
        Assert.That(item.GetProperty("amountBought").GetDecimal(), Is.Zero);
        Assert.That(item.GetProperty("quantityReturned").GetInt64(), Is.EqualTo(2));
        Assert.That(item.GetProperty("lastBought").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task The_last_purchase_is_then_the_latest_of_the_orders_that_are_left_in_that_currency()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        var other = await history.Customer("2");
        var line = new OrderedLine(product, 1, 1m);
        await history.Order(customer, 1, line);
        await history.Order(customer, 3, line);
        await history.OrderIn("EUR", customer, 5, line);
        await history.Order(other, 6, line);
        await history.Order(customer, 7, new OrderedLine(await history.Product("B"), 1, 1m));
        await history.Cancel(await history.Order(customer, 8, line));

        var rows = (await Items(history, customer)).Where(item => item.GetProperty("sku").GetString() == "A").ToList();

        Assert.That(
            rows.ToDictionary(row => row.GetProperty("currency").GetString()!, row => row.GetProperty("lastBought").GetDateTimeOffset()),
            Is.EqualTo(new Dictionary<string, DateTimeOffset> { ["GBP"] = HistoryFixture.Day(3), ["EUR"] = HistoryFixture.Day(5) })
        );
    }

    [Test]
    public async Task Of_a_guest_the_sums_of_the_product_are_corrected()
    {
        await using var history = await HistoryFixture.Start();
        var product = await history.Product("A");
        await history.Order(null, 1, new OrderedLine(product, 2, 1.5m));
        await history.Cancel(await history.Order(null, 2, new(product, 4, 1.5m), new(product, 1, 2m)));

        var sales = (await history.Get($"products/{product}")).GetProperty("sales").EnumerateArray().Single();

        Assert.That(sales.GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(sales.GetProperty("quantityBought").GetInt64(), Is.EqualTo(2));
        Assert.That(sales.GetProperty("amountBought").GetDecimal(), Is.EqualTo(3m));
    }

    [Test]
    public async Task A_second_cancellation_of_the_same_order_changes_nothing()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        await history.Order(customer, 1, new OrderedLine(product, 1, 1m));
        var order = await history.Order(customer, 2, new OrderedLine(product, 1, 1m));
        await history.Cancel(order);
        await history.Cancel(order);

        Assert.That((await Items(history, customer)).Single().GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(await history.DeadLetters(), Is.Zero);
    }

    [Test]
    public async Task Of_a_customer_who_was_erased_meanwhile_the_sums_of_the_product_are_corrected()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        var order = await history.Order(customer, 1, new OrderedLine(product, 3, 1m));
        await history.App.CaughtUp();
        await history.Erase(customer);
        await history.App.CaughtUp();
        await history.Cancel(order);

        var sales = (await history.Get($"products/{product}")).GetProperty("sales").EnumerateArray().Single();

        Assert.That(sales.GetProperty("orders").GetInt64(), Is.Zero);
        Assert.That(await history.DeadLetters(), Is.Zero);
    }

    private static async Task<IReadOnlyList<JsonElement>> Items(HistoryFixture history, Guid customer) =>
        [.. (await history.Get($"customers/{customer}/products")).GetProperty("items").EnumerateArray()];
}
