using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>Amounts of two currencies are never added up.</summary>
internal sealed class CurrencyTests
{
    [TestCase("customers/{0}/products")]
    [TestCase("products/{1}/customers")]
    [TestCase("purchases")]
    public async Task Each_currency_has_a_row_of_its_own(string list)
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        await history.OrderIn("EUR", customer, 1, new OrderedLine(product, 1, 2m));
        await history.OrderIn("GBP", customer, 1, new OrderedLine(product, 1, 3m));
        await history.OrderIn("EUR", customer, 1, new OrderedLine(product, 1, 5m));
        var path = string.Format(System.Globalization.CultureInfo.InvariantCulture, list, customer, product);

        var rows = (await history.Get(path)).GetProperty("items").EnumerateArray();

        Assert.That(
            rows.Select(row => (row.GetProperty("currency").GetString(), row.GetProperty("amountBought").GetDecimal())),
            Is.EquivalentTo(new[] { ("EUR", 7m), ("GBP", 3m) })
        );
    }

    [Test]
    public async Task The_sales_of_a_product_are_given_for_each_currency_in_the_order_of_their_codes()
    {
        await using var history = await HistoryFixture.Start();
        var product = await history.Product("A");
        foreach (var currency in new[] { "USD", "EUR", "GBP", "EUR" })
        {
            await history.OrderIn(currency, null, 1, new OrderedLine(product, 1, 2m));
        }

        var sales = (await history.Get($"products/{product}")).GetProperty("sales").EnumerateArray();

        Assert.That(
            sales.Select(s => (s.GetProperty("currency").GetString(), s.GetProperty("orders").GetInt64())),
            Is.EqualTo(new[] { ("EUR", 2L), ("GBP", 1L), ("USD", 1L) })
        );
    }

    [Test]
    public async Task Who_bought_in_two_currencies_is_one_customer_among_those_who_also_bought()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, lantern, hanger) = (await history.Customer("1"), await history.Product("A"), await history.Product("B"));
        foreach (var currency in new[] { "EUR", "GBP" })
        {
            await history.OrderIn(currency, customer, 1, new(lantern, 1, 1m), new(hanger, 1, 1m));
        }

        var also = (await history.Get($"products/{lantern}/also-bought")).EnumerateArray().Single();

        Assert.That(also.GetProperty("customers").GetInt64(), Is.EqualTo(1));
    }
}
