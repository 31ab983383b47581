using ModularShop.Host;
using ModularShop.Host.CommandLine;
using ModularShop.Host.Import;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>A file that was corrected after its import: differences are reported, and the stored data is kept.</summary>
internal sealed class CorrectedFileTests
{
    private static readonly string[] Known =
    [
        Line("1", customer: "17850"),
        Line("2", customer: "17850"),
        Line("2", customer: "17850", stockCode: "71053", date: "2010-12-01 08:27:00"),
        Line("3", customer: ""),
        Line("C4", customer: "17850", quantity: "-2"),
    ];

    [Test]
    public async Task Each_invoice_that_was_corrected_is_named_with_what_differs()
    {
        await using var shop = await Holding(Known);

        var result = await TakeIn(
            shop,
            Line("1", customer: "13047"),
            Line("2", customer: "17850", quantity: "7"),
            Line("2", customer: "17850", stockCode: "71053", date: "2010-12-01 08:28:00"),
            Line("3", customer: "", stockCode: "84406B"),
            Line("C4", customer: "17850", quantity: "-2", date: "2010-12-02 08:26:00"),
            Line("5", customer: "")
        );

        Assert.Multiple(() =>
        {
            Assert.That(
                result.Differences.Select(difference => $"{difference.Number}: {string.Join("; ", difference.Reasons)}"),
                Is.EqualTo(
                    new[]
                    {
                        "1: it is held for another customer",
                        "2: line 1: quantity 6 is held, not 7; line 2: date 2010-12-01 08:27:00 is held, not 2010-12-01 08:28:00",
                        "3: line 1: another product is held",
                        "C4: date 2010-12-01 08:26:00 is held, not 2010-12-02 08:26:00",
                    }
                )
            );
            Assert.That((result.DifferingOrders, result.DifferingReturns, result.NewOrders), Is.EqualTo((3, 1, 1)));
            Assert.That(result.Orders.Invoices, Is.EqualTo(4), "what is held");
        });
    }

    [Test]
    public async Task A_line_more_or_less_and_a_customer_more_or_less_differ_too()
    {
        await using var shop = await Holding(Known);

        var result = await TakeIn(
            shop,
            Line("1", customer: ""),
            Line("2", customer: "17850"),
            Line("3", customer: "17850"),
            Line("3", customer: "17850", price: "1")
        );

        Assert.That(
            result.Differences.Select(difference => string.Join("; ", difference.Reasons)),
            Is.EqualTo(new[] { "it is held with a customer", "1 more line is held", "it is held without a customer; line 2 is not held" })
        );
    }

    [Test]
    public async Task Lines_in_another_order_are_the_same_invoice()
    {
        await using var shop = await Holding(Known);

        var result = await TakeIn(shop, [.. Known.Reverse()]);

        Assert.That((result.Differences.Count, result.NewOrders, result.NewReturns), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public async Task The_first_twenty_are_named_and_all_are_counted()
    {
        string[] Lines(string price) => [.. Enumerable.Range(1, 250).Select(i => Line($"{i}", price: price))];
        await using var shop = await Holding(Lines("1"));

        var result = await TakeIn(shop, Lines("2"));

        Assert.That((result.Differences.Count, result.DifferingOrders), Is.EqualTo((20, 250)));
        Assert.That(result.Differences[0].Reasons, Is.EqualTo(new[] { "line 1: price 1.00 is held, not 2.00" }));
    }

    [Test]
    public async Task An_erased_customer_is_no_difference()
    {
        await using var shop = await Holding(Known);
        var events = await shop.Http.Events("customers");
        var customer = events.Single().GetProperty("subject").GetString();
        (await shop.Http.Delete($"/customers/v1/customers/{customer}")).ExpectSuccess();
        await shop.CaughtUp();

        var result = await TakeIn(shop, Known);

        Assert.That(result.Differences, Is.Empty);
    }

    [Test]
    public async Task A_country_or_a_product_on_which_a_person_has_decided_is_counted_and_kept()
    {
        await using var shop = await Holding(Known);
        await shop.Http.Post(
            "/catalog/v1/products",
            new
            {
                sku = "HAND",
                name = "MADE BY HAND",
                price = 9,
                currency = "GBP",
            }
        );

        var result = await TakeIn(shop, [.. Known, Line("5", stockCode: "HAND", country: "France", date: "2010-12-09 08:26:00")]);

        Assert.That((result.KeptProducts, result.KeptCustomers, result.Differences.Count), Is.EqualTo((1, 1, 0)));
    }

    [Test]
    public async Task A_product_whose_description_was_corrected_is_named()
    {
        await using var shop = await Holding([Line("1", description: "WHITE HEART"), Line("2", stockCode: "71053")]);

        var result = await TakeIn(shop, Line("1", description: "RED HEART"), Line("2", stockCode: "71053"));

        Assert.That((result.DifferingProducts, result.OtherProducts), Is.EqualTo((1, new[] { "85123A" })));
        Assert.That(ImportReport.Print(result, json: true), Is.EqualTo(ExitCode.CheckFailed));
    }

    [Test]
    public async Task Sales_of_one_moment_under_several_names_and_prices_are_the_same_list_in_whatever_order()
    {
        string[] lines =
        [
            Line("1", description: "B", price: "1"),
            Line("2", description: "A", price: "3"),
            Line("3", description: "C", price: "2"),
        ];
        await using var shop = await Holding(lines);

        foreach (var order in (string[][])[lines, [.. lines.Reverse()], [lines[1], lines[2], lines[0]]])
        {
            var result = await TakeIn(shop, order);

            Assert.That((result.NewProducts, result.ChangedProducts, result.DifferingProducts), Is.EqualTo((0, 0, 0)));
        }
    }

    private static async Task<TestApplication> Holding(string[] lines)
    {
        var shop = await TestApplication.Start(ShopModules.All, directory: null);
        await TakeIn(shop, lines);
        return shop;
    }

    private static async Task<ImportResult> TakeIn(TestApplication shop, params string[] lines)
    {
        using var file = Of(lines);
        return await InAndOut.TakeIn(shop, file.Path);
    }
}
