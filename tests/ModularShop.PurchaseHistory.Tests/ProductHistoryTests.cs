using System.Net;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

internal sealed class ProductHistoryTests
{
    [Test]
    public async Task A_sum_beyond_what_the_file_can_hold_is_a_dead_letter_and_never_rounded()
    {
        await using var history = await HistoryFixture.Start();
        var lantern = await history.Product("A");
        var most = new OrderedLine(lantern, 1_000_000, 900_000_000m);
        await history.Import(null, 1, most);
        await history.Import(null, 2, most with { Quantity = 1, UnitPrice = 900_000_000_000_000m });

        var sales = (await history.Get($"products/{lantern}", allowDeadLetters: true)).GetProperty("sales")[0];

        Assert.That(sales.GetProperty("amountBought").GetDecimal(), Is.EqualTo(900_000_000_000_000m));
        Assert.That(await history.DeadLetters(), Is.EqualTo(1));
    }

    [Test]
    public async Task Guests_count_for_products_but_for_no_customer()
    {
        await using var history = await HistoryFixture.Start();
        var lantern = await history.Product("A");
        await history.Order(null, 1, new OrderedLine(lantern, 4, 1.25m));

        var sales = (await history.Get($"products/{lantern}")).GetProperty("sales")[0];

        Assert.That(sales.GetProperty("quantityBought").GetInt64(), Is.EqualTo(4));
        Assert.That(sales.GetProperty("amountBought").GetDecimal(), Is.EqualTo(5m));
        Assert.That((await history.Get($"products/{lantern}/customers")).GetProperty("items").GetArrayLength(), Is.Zero);
        Assert.That((await history.Get("purchases")).GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task The_greatest_buyer_comes_first()
    {
        await using var history = await HistoryFixture.Start();
        var lantern = await history.Product("A");
        foreach (var (number, quantity) in new[] { ("few", 1), ("most", 9), ("some", 5), ("some too", 5) })
        {
            await history.Order(await history.Customer(number), 1, new OrderedLine(lantern, quantity, 1m));
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await history.Get($"products/{lantern}/customers?limit=1&after={after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("customer").GetString()!));
            after = page.GetProperty("next").GetString();
        } while (after is not null);

        Assert.That(seen, Is.EqualTo(new[] { "most", "some too", "some", "few" }), "the newest first of those who bought as many");
    }

    [Test]
    public async Task Customers_who_bought_this_also_bought()
    {
        await using var history = await HistoryFixture.Start();
        var lantern = await history.Product("LANTERN");
        var hanger = await history.Product("HANGER");
        var bottle = await history.Product("BOTTLE");
        var other = await history.Product("OTHER");
        await history.Order(await history.Customer("1"), 1, new(lantern, 1, 1m), new(hanger, 1, 1m));
        await history.Order(await history.Customer("2"), 1, new(lantern, 1, 1m), new(hanger, 1, 1m), new(bottle, 50, 1m));
        await history.Order(await history.Customer("3"), 1, new OrderedLine(other, 1, 1m));
        await history.Order(null, 1, new(lantern, 1, 1m), new(other, 1, 1m));

        var also = await history.Get($"products/{lantern}/also-bought");

        Assert.That(
            also.EnumerateArray().Select(p => (p.GetProperty("sku").GetString(), p.GetProperty("customers").GetInt64())),
            Is.EqualTo(new[] { ("HANGER", 2L), ("BOTTLE", 1L) })
        );
    }

    [Test]
    public async Task A_renamed_product_shows_its_new_name()
    {
        await using var history = await HistoryFixture.Start();
        var lantern = await history.Product("A", "OLD");
        await history.Rename(lantern, "NEW");

        Assert.That((await history.Get($"products/{lantern}")).GetProperty("name").GetString(), Is.EqualTo("NEW"));
    }

    [TestCase("products/{0}")]
    [TestCase("products/{0}/customers")]
    [TestCase("products/{0}/also-bought")]
    [TestCase("customers/{0}/products")]
    public async Task What_is_unknown_is_not_found(string path)
    {
        await using var history = await HistoryFixture.Start();
        var unknown = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Guid.CreateVersion7());

        var answer = await history.Http.Get($"/purchase-history/v1/{unknown}");

        answer.Expect(HttpStatusCode.NotFound);
    }
}
