using System.Text.Json;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>Every field of every answer, and the order of rows.</summary>
internal sealed class AnswerTests
{
    [Test]
    public async Task Every_answer_has_all_that_is_known_of_a_purchase()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("17850"), await history.Product("71053", "LANTERN"));
        var order = await history.Order(customer, 4, new OrderedLine(product, 6, 3.39m));
        await history.Return(order, customer, new OrderedLine(product, 2, 3.39m));
        const string sums = """
            "orders":1,"quantityBought":6,"amountBought":20.34,"quantityReturned":2,"amountReturned":6.78
            """;
        const string last = """
            "lastBought":"2010-12-04T12:00:00+00:00"
            """;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Json(await history.Get($"customers/{customer}/products")),
                Is.EqualTo(
                    $$"""{"items":[{"productId":"{{product}}","sku":"71053","name":"LANTERN","currency":"GBP",{{sums}},{{last}}}],"next":null}"""
                )
            );
            Assert.That(
                Json(await history.Get($"products/{product}")),
                Is.EqualTo($$"""{"productId":"{{product}}","sku":"71053","name":"LANTERN","sales":[{"currency":"GBP",{{sums}}}]}""")
            );
            Assert.That(
                Json(await history.Get($"products/{product}/customers")),
                Is.EqualTo(
                    $$"""{"items":[{"customerId":"{{customer}}","customer":"17850","currency":"GBP","orders":1,"quantityBought":6,"amountBought":20.34,"quantityReturned":2}],"next":null}"""
                )
            );
            Assert.That(
                Json(await history.Get("purchases")),
                Is.EqualTo($$"""{"items":[{"customer":"17850","sku":"71053","currency":"GBP",{{sums}},{{last}}}],"next":null}""")
            );
        }
    }

    [Test]
    public async Task All_purchases_are_sorted_by_customer_then_stock_code_on_every_page()
    {
        await using var history = await HistoryFixture.Start();
        var products = new List<Guid>();
        foreach (var sku in new[] { "C", "A", "B" })
        {
            products.Add(await history.Product(sku));
        }
        foreach (var number in new[] { "2", "1", "3" })
        {
            await history.Order(await history.Customer(number), 1, [.. products.Select(product => new OrderedLine(product, 1, 1m))]);
        }

        var seen = new List<string>();
        for (string? after = ""; after is not null; )
        {
            var page = await history.Get($"purchases?limit=2&after={after}");
            seen.AddRange(
                page.GetProperty("items").EnumerateArray().Select(row => $"{row.GetProperty("customer")}{row.GetProperty("sku")}")
            );
            after = page.GetProperty("next").GetString();
        }

        Assert.That(seen, Is.EqualTo(["1A", "1B", "1C", "2A", "2B", "2C", "3A", "3B", "3C"]));
    }

    [Test]
    public async Task Also_bought_is_sorted_by_customers_then_code_cut_at_the_limit_and_without_mere_returns()
    {
        await using var history = await HistoryFixture.Start();
        var (lantern, customer) = (await history.Product("LANTERN"), await history.Customer("1"));
        var lines = new List<OrderedLine> { new(lantern, 1, 1m) };
        foreach (var sku in new[] { "D", "B", "C", "A" })
        {
            lines.Add(new OrderedLine(await history.Product(sku), 1, 1m));
        }
        await history.Order(customer, 1, [.. lines]);
        await history.Order(await history.Customer("2"), 1, lines[0], lines[1]);
        await history.ImportReturn(customer, 1, new OrderedLine(await history.Product("AA"), 1, 1m));

        var also = (await history.Get($"products/{lantern}/also-bought?limit=3")).EnumerateArray();

        Assert.That(also.Select(row => row.GetProperty("sku").GetString()), Is.EqualTo(["D", "A", "B"]));
    }

    [Test]
    public async Task Lines_of_one_product_in_an_order_are_one_purchase_of_it()
    {
        await using var history = await HistoryFixture.Start();
        var (customer, product) = (await history.Customer("1"), await history.Product("A"));
        await history.Import(
            customer,
            1,
            new(product, 1, 0.0001m, HistoryFixture.Day(5)),
            new(product, 2, 10m, HistoryFixture.Day(9)),
            new(product, 4, 0.5m)
        );

        var item = (await history.Get($"customers/{customer}/products")).GetProperty("items").EnumerateArray().Single();

        Assert.That(item.GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(item.GetProperty("quantityBought").GetInt64(), Is.EqualTo(7));
        Assert.That(item.GetProperty("amountBought").GetDecimal(), Is.EqualTo(22.0001m));
        Assert.That(item.GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(HistoryFixture.Day(9)));
    }

    private static string Json(JsonElement answer) => answer.GetRawText();
}
