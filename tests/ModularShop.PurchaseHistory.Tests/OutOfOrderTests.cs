using System.Text.Json;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>Events of different modules come in any order.</summary>
internal sealed class OutOfOrderTests
{
    [Test]
    public async Task A_product_that_was_ordered_first_gets_its_stock_code_and_name_when_its_own_event_comes()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), Guid.CreateVersion7());
        await history.Order(customer, 1, new OrderedLine(product, 2, 3m));
        Assert.That((await Only(history, customer)).GetProperty("name").ValueKind, Is.EqualTo(JsonValueKind.Null));

        await history.ProductAdded(product, "71053", "WHITE METAL LANTERN");

        var item = await Only(history, customer);
        Assert.That(item.GetProperty("sku").GetString(), Is.EqualTo("71053"));
        Assert.That(item.GetProperty("name").GetString(), Is.EqualTo("WHITE METAL LANTERN"));
        Assert.That(item.GetProperty("quantityBought").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_customer_who_ordered_first_gets_the_number_when_their_own_event_comes()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (Guid.CreateVersion7(), await history.Product("A"));
        await history.Order(customer, 1, new OrderedLine(product, 2, 3m));
        await history.App.CaughtUp();

        await history.Registered(customer, "17850");

        var buyer = (await history.Get($"products/{product}/customers")).GetProperty("items").EnumerateArray().Single();
        Assert.That(buyer.GetProperty("customer").GetString(), Is.EqualTo("17850"));
        Assert.That(buyer.GetProperty("quantityBought").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_customer_without_a_number_is_named_by_the_id()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer(number: null);
        await history.Order(customer, 1, new OrderedLine(await history.Product("A"), 1, 1m));

        var row = (await history.Get("purchases")).GetProperty("items").EnumerateArray().Single();

        Assert.That(row.GetProperty("customer").GetString(), Is.EqualTo(customer.ToString()));
    }

    [Test]
    public async Task A_return_that_comes_before_any_order_is_counted_and_the_order_is_added_to_it()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        await history.ImportReturn(customer, 2, new OrderedLine(product, 1, 4m));
        Assert.That((await Only(history, customer)).GetProperty("lastBought").ValueKind, Is.EqualTo(JsonValueKind.Null));

        await history.Import(customer, 1, new OrderedLine(product, 3, 4m));

        var item = await Only(history, customer);
        Assert.That(item.GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(item.GetProperty("quantityBought").GetInt64(), Is.EqualTo(3));
        Assert.That(item.GetProperty("amountReturned").GetDecimal(), Is.EqualTo(4m));
        Assert.That(item.GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(HistoryFixture.Day(1)));
    }

    [Test]
    public async Task A_cancellation_of_an_order_that_is_not_known_changes_nothing_and_fails_nothing()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        await history.Cancel(Guid.CreateVersion7());
        await history.Order(customer, 1, new OrderedLine(product, 1, 1m));

        Assert.That((await Only(history, customer)).GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(await history.DeadLetters(), Is.Zero);
    }

    private static async Task<JsonElement> Only(HistoryFixture history, Guid customer) =>
        (await history.Get($"customers/{customer}/products")).GetProperty("items").EnumerateArray().Single();
}
