using System.Net;
using System.Text;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Tests;

internal sealed class CustomerHistoryTests
{
    [Test]
    public async Task What_a_customer_bought_is_added_up_per_product()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("17850");
        var lantern = await history.Product("71053", "WHITE METAL LANTERN");
        await history.Order(customer, 1, new(lantern, 6, 3.39m), new(lantern, 2, 3.00m));
        await history.Order(customer, 3, new OrderedLine(lantern, 1, 3.39m));

        var item = (await history.Get($"customers/{customer}/products")).GetProperty("items").EnumerateArray().Single();

        Assert.That(item.GetProperty("sku").GetString(), Is.EqualTo("71053"));
        Assert.That(item.GetProperty("name").GetString(), Is.EqualTo("WHITE METAL LANTERN"));
        Assert.That(item.GetProperty("orders").GetInt64(), Is.EqualTo(2));
        Assert.That(item.GetProperty("quantityBought").GetInt64(), Is.EqualTo(9));
        Assert.That(item.GetProperty("amountBought").GetDecimal(), Is.EqualTo(29.73m));
        Assert.That(item.GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(HistoryFixture.Day(3)));
    }

    [Test]
    public async Task A_sum_beyond_an_integer_is_a_dead_letter_and_not_rounded()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        var almostAll = new OrderedLine(lantern, 1_000_000, 900_000_000m);
        await history.Order(customer, 1, almostAll);
        await history.Order(customer, 2, almostAll);
        await history.OrderIn("EUR", null, 3, almostAll with { Quantity = 1 });

        var products = await history.Get($"customers/{customer}/products", allowDeadLetters: true);
        var item = products.GetProperty("items").EnumerateArray().Single();
        var sales = (await history.Get($"products/{lantern}", allowDeadLetters: true)).GetProperty("sales").EnumerateArray().ToList();
        var letters = await history.Http.DeadLetters("purchase-history");

        Assert.That(item.GetProperty("amountBought").GetDecimal(), Is.EqualTo(900_000_000_000_000m));
        Assert.That(item.GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(sales.Select(s => s.GetProperty("amountBought").GetDecimal()), Is.EqualTo([900_000_000m, 900_000_000_000_000m]));
        Assert.That(letters.Single().GetProperty("error").GetString(), Does.Contain("more than can be counted"));
    }

    [Test]
    public async Task An_older_order_that_arrives_later_does_not_set_the_last_purchase_back()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        await history.Import(customer, 9, new OrderedLine(lantern, 1, 1m));
        await history.Import(customer, 2, new OrderedLine(lantern, 1, 1m));

        var item = (await history.Get($"customers/{customer}/products")).GetProperty("items")[0];

        Assert.That(item.GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(HistoryFixture.Day(9)));
    }

    [Test]
    public async Task A_line_with_a_time_of_its_own_was_bought_then()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        await history.Import(customer, 2, new OrderedLine(lantern, 1, 1m, HistoryFixture.Day(3)));

        var item = (await history.Get($"customers/{customer}/products")).GetProperty("items")[0];

        Assert.That(item.GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(HistoryFixture.Day(3)));
    }

    [Test]
    public async Task A_cancelled_order_was_never_bought()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        var hanger = await history.Product("B");
        await history.Order(customer, 1, new OrderedLine(lantern, 5, 1m));
        var cancelled = await history.Order(customer, 2, new(lantern, 1, 1m), new(hanger, 1, 1m));
        await history.Cancel(cancelled);

        var items = (await history.Get($"customers/{customer}/products")).GetProperty("items");
        var product = await history.Get($"products/{lantern}");

        Assert.That(items.GetArrayLength(), Is.EqualTo(1));
        Assert.That(items[0].GetProperty("orders").GetInt64(), Is.EqualTo(1));
        Assert.That(items[0].GetProperty("quantityBought").GetInt64(), Is.EqualTo(5));
        Assert.That(items[0].GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(HistoryFixture.Day(1)));
        Assert.That(product.GetProperty("sales")[0].GetProperty("quantityBought").GetInt64(), Is.EqualTo(5));
    }

    [Test]
    public async Task Returns_are_counted_beside_what_was_bought()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        var hanger = await history.Product("B");
        var order = await history.Order(customer, 1, new OrderedLine(lantern, 5, 2m));
        await history.Return(order, customer, new OrderedLine(lantern, 2, 2m));
        await history.ImportReturn(customer, 2, new OrderedLine(hanger, 3, 1.5m));

        var items = (await history.Get($"customers/{customer}/products")).GetProperty("items");

        Assert.That(items[0].GetProperty("quantityBought").GetInt64(), Is.EqualTo(5));
        Assert.That(items[0].GetProperty("quantityReturned").GetInt64(), Is.EqualTo(2));
        Assert.That(items[0].GetProperty("amountReturned").GetDecimal(), Is.EqualTo(4m));
        Assert.That(items[1].GetProperty("orders").GetInt64(), Is.Zero, "returned only");
        Assert.That(items[1].GetProperty("lastBought").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
    }

    [Test]
    public async Task An_order_may_come_before_its_customer_and_products_are_known()
    {
        await using var history = await HistoryFixture.Start();
        var customer = Guid.CreateVersion7();
        var product = Guid.CreateVersion7();
        await history.Order(customer, 1, new OrderedLine(product, 1, 1m));

        var item = (await history.Get("purchases")).GetProperty("items")[0];

        Assert.That(item.GetProperty("customer").GetString(), Is.EqualTo(customer.ToString()));
        Assert.That(item.GetProperty("sku").GetString(), Is.EqualTo(product.ToString()));
    }

    [Test]
    public async Task An_erased_customer_is_forgotten_and_what_was_sold_stays()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        await history.Order(customer, 1, new OrderedLine(lantern, 5, 1m));
        await history.App.CaughtUp();
        await history.Erase(customer);
        await history.App.CaughtUp();
        await history.Order(customer, 2, new OrderedLine(lantern, 1, 1m));

        var product = await history.Get($"products/{lantern}");
        var answer = await history.Http.Get($"/purchase-history/v1/customers/{customer}/products");

        Assert.That(product.GetProperty("sales")[0].GetProperty("quantityBought").GetInt64(), Is.EqualTo(6));
        answer.Expect(HttpStatusCode.NotFound);
        Assert.That((await history.Get("purchases")).GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Of_an_erased_customer_no_byte_of_the_number_is_left_in_the_module_s_files_while_it_runs()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("number-of-the-person");
        await history.Order(customer, 1, new OrderedLine(await history.Product("A"), 5, 1m));
        await history.App.CaughtUp();
        Assert.That(Bytes(history), Does.Contain("number-of-the-person"));

        await history.Erase(customer);
        await history.App.CaughtUp();

        await Eventually.True(() => !Bytes(history).Contains("number-of-the-person", StringComparison.Ordinal));
    }

    [Test]
    public async Task The_history_is_paged_latest_first_without_gaps_or_repeats()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        for (var day = 1; day <= 7; day++)
        {
            await history.Order(customer, (day + 1) / 2, new OrderedLine(await history.Product($"P{day}"), 1, 1m));
        }
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await history.Get($"customers/{customer}/products?limit=2&after={after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sku").GetString()!));
            after = page.GetProperty("next").GetString();
        } while (after is not null);

        Assert.That(seen, Is.Unique.And.Count.EqualTo(7));
        Assert.That(seen[0], Is.EqualTo("P7"));
    }

    [Test]
    public async Task After_a_rebuild_the_answers_are_the_same()
    {
        await using var history = await HistoryFixture.Start();
        var customer = await history.Customer("1");
        var lantern = await history.Product("A");
        var order = await history.Order(customer, 1, new OrderedLine(lantern, 5, 2m));
        await history.Return(order, customer, new OrderedLine(lantern, 1, 2m));
        await history.Cancel(await history.Order(customer, 2, new OrderedLine(lantern, 7, 2m)));
        await history.Rename(lantern, "NEW NAME");
        var before = await history.Get($"customers/{customer}/products");

        (await history.Http.Post("/admin/v1/modules/purchase-history/rebuild", new { })).ExpectSuccess();

        Assert.That((await history.Get($"customers/{customer}/products")).ToString(), Is.EqualTo(before.ToString()));
    }

    private static string Bytes(HistoryFixture history) =>
        string.Concat(
            Directory
                .EnumerateFiles(history.App.Directory, "purchase-history.db*")
                .Select(file =>
                {
                    using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                    using var reader = new StreamReader(stream, Encoding.Latin1);
                    return reader.ReadToEnd();
                })
        );
}
