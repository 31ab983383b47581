using System.Net;
using static ModularShop.Catalog.Tests.CatalogFixture;

namespace ModularShop.Catalog.Tests;

internal sealed class ImportProductsTests
{
    [Test]
    public async Task Imported_products_are_shown_and_published()
    {
        await using var catalog = await CatalogFixture.Start();
        var imported = await catalog.Import(Item("85123A", "HEART", 2.55m, day: 1), Item("71053", "LANTERN", 3.39m, day: 1));

        var ids = Ids(imported);
        imported.Expect(HttpStatusCode.OK);
        Assert.That(Counts(imported), Is.EqualTo((2, 0)));
        Assert.That((await catalog.Http.Get($"{Products}/{ids["85123A"]}")).Body.GetProperty("price").GetDecimal(), Is.EqualTo(2.55m));
        Assert.That(
            (await catalog.Published())[0],
            Is.EqualTo(
                (
                    "catalog.product-added",
                    $$"""{"productId":"{{ids["85123A"]}}","sku":"85123A","name":"HEART","price":2.55,"currency":"GBP"}"""
                )
            )
        );
        Assert.That(await catalog.Browse(("search", "heart")), Is.EqualTo(["85123A"]));
    }

    [Test]
    public async Task A_repeated_import_changes_nothing_and_tells_the_same_ids()
    {
        await using var catalog = await CatalogFixture.Start();
        object[] items = [Item("85123A", "HEART", 2.55m, day: 1), Item("71053", "LANTERN", 3.39m, day: 2)];
        var first = await catalog.Import(items);

        var second = await catalog.Import(items);

        Assert.That(Counts(second), Is.EqualTo((0, 0)));
        Assert.That(Ids(second), Is.EquivalentTo(Ids(first)));
        Assert.That(await catalog.Published(), Has.Count.EqualTo(2));
        Assert.That((await catalog.Http.Get($"{Products}/{Ids(first)["71053"]}")).ETag, Is.EqualTo("\"1\""));
    }

    [Test]
    public async Task The_later_sale_wins_whatever_the_order_in_which_sales_come()
    {
        await using var catalog = await CatalogFixture.Start();
        var id = Ids(await catalog.Import(Item("85123A", "HEART", 2.55m, day: 5)))["85123A"];

        var older = await catalog.Import(Item("85123A", "OLD HEART", 1, day: 4));
        var same = await catalog.Import(Item("85123A", "OTHER HEART", 1, day: 5));
        var later = await catalog.Import(Item("85123A", "NEW HEART", 2.95m, day: 6));
        var between = await catalog.Import(Item("85123A", "OLD HEART", 1, day: 5));

        Assert.That(new[] { older, same, later, between }.Select(Counts), Is.EqualTo(new[] { (0, 0), (0, 0), (0, 1), (0, 0) }));
        Assert.That(
            await catalog.Published(skip: 1),
            Is.EqualTo(
                new[]
                {
                    ("catalog.product-changed", $$"""{"productId":"{{id}}","name":"NEW HEART"}"""),
                    ("catalog.price-changed", $$"""{"productId":"{{id}}","price":2.95,"currency":"GBP"}"""),
                }
            )
        );
    }

    [Test]
    public async Task Only_what_changed_is_published()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Import(Item("85123A", "HEART", 2.55m, day: 1));

        await catalog.Import(Item("85123A", "HEART", 2.95m, day: 2));
        await catalog.Import(Item("85123A", "WHITE HEART", 2.95m, day: 3));
        await catalog.Import(Item("85123A", "WHITE HEART", 2.95m, day: 4));
        await catalog.Import(Item("85123A", "HEART", 2.55m, day: 3));

        Assert.That(
            (await catalog.Published(skip: 1)).Select(e => e.Type),
            Is.EqualTo(["catalog.price-changed", "catalog.product-changed"])
        );
    }

    [Test]
    public async Task Sales_of_one_product_in_one_request_are_one_product_as_the_latest_says()
    {
        await using var catalog = await CatalogFixture.Start();
        var imported = await catalog.Import(
            Item("85123A", "FIRST", 1, day: 1),
            Item("85123A", "LATEST", 3, day: 3),
            Item("85123A", "SECOND", 2, day: 2)
        );

        Assert.That(Counts(imported), Is.EqualTo((1, 1)));
        var shown = await catalog.Http.Get($"{Products}/{Ids(imported)["85123A"]}");
        Assert.That(shown.Body.GetProperty("name").GetString(), Is.EqualTo("LATEST"));
        Assert.That(shown.Body.GetProperty("price").GetDecimal(), Is.EqualTo(3));
    }

    [Test]
    public async Task Stock_codes_that_differ_in_case_are_two_products()
    {
        await using var catalog = await CatalogFixture.Start();
        var imported = await catalog.Import(Item("85123A", "HEART", 1, day: 1), Item("85123a", "SMALL HEART", 2, day: 1));

        Assert.That(Ids(imported).Keys, Is.EquivalentTo(["85123A", "85123a"]));
        Assert.That(Ids(imported).Values, Is.Unique);
    }

    [Test]
    public async Task A_discontinued_product_is_known_and_stays_as_it_is()
    {
        await using var catalog = await CatalogFixture.Start();
        var id = Ids(await catalog.Import(Item("85123A", "HEART", 1, day: 1)))["85123A"];
        var discontinued = await catalog.Http.Post($"{Products}/{id}/discontinuation", null);

        var imported = await catalog.Import(Item("85123A", "NEW HEART", 2, day: 2));

        Assert.That(Counts(imported), Is.EqualTo((0, 0)));
        Assert.That(Ids(imported)["85123A"], Is.EqualTo(id));
        Assert.That((await catalog.Http.Get($"{Products}/{id}")).Text, Is.EqualTo(discontinued.Text));
    }

    [Test]
    public async Task A_persons_decision_outranks_an_import_of_any_date()
    {
        await using var catalog = await CatalogFixture.Start();
        var made = (await catalog.Add("MADE", "Made by hand", price: 9)).Id;
        var ids = Ids(await catalog.Import(Item("NAMED", "NAME", 1, day: 1), Item("PRICED", "NAME", 1, day: 1)));
        await catalog.Http.Put($"{Products}/{ids["NAMED"]}", new { name = "A person's name", description = "new" });
        await catalog.Http.Put($"{Products}/{ids["PRICED"]}/price", new { price = 7, currency = "GBP" });
        var published = (await catalog.Published()).Count;

        var imported = await catalog.Import(
            Item("MADE", "OLD NAME", 2, day: 28),
            Item("NAMED", "OTHER NAME", 3, day: 28),
            Item("PRICED", "OTHER NAME", 3, day: 28)
        );

        Assert.That(Counts(imported), Is.EqualTo((0, 2)), "the price of the one and the name of the other");
        Assert.That(imported.Body.GetProperty("kept").GetInt32(), Is.EqualTo(1));
        Assert.That(await catalog.Shown(made), Is.EqualTo(("Made by hand", 9m)));
        Assert.That(await catalog.Shown(ids["NAMED"]), Is.EqualTo(("A person's name", 3m)));
        Assert.That(await catalog.Shown(ids["PRICED"]), Is.EqualTo(("OTHER NAME", 7m)));
        Assert.That(
            (await catalog.Published(published)).Select(e => e.Type),
            Is.EqualTo(["catalog.price-changed", "catalog.product-changed"])
        );
    }

    [Test]
    public async Task The_same_import_repeated_reverts_nothing_however_exact_its_times_are()
    {
        await using var catalog = await CatalogFixture.Start();
        var exact = new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero).AddTicks(9_999);
        object item = new
        {
            sku = "85123A",
            name = "HEART",
            price = 2.55m,
            currency = "GBP",
            asOf = exact,
        };
        await catalog.Import(item);
        await catalog.Import(
            new
            {
                sku = "85123A",
                name = "OTHER HEART",
                price = 2.95m,
                currency = "GBP",
                asOf = exact.AddTicks(-1),
            }
        );

        var repeated = await catalog.Import(item);

        Assert.That(Counts(repeated), Is.EqualTo((0, 0)));
        Assert.That(await catalog.Published(), Has.Count.EqualTo(1), "of two sales within a millisecond the first to come stays");
    }

    [Test]
    public async Task A_name_or_price_that_was_corrected_is_named_and_the_same_file_again_changes_nothing()
    {
        await using var catalog = await CatalogFixture.Start();
        object[] file = [Item("NAMED", "MUG", 1, day: 1), Item("PRICED", "CUP", 1, day: 1), Item("SAME", "POT", 1, day: 1)];
        await catalog.Import(file);

        var corrected = await catalog.Import(
            Item("NAMED", "BLUE MUG", 1, day: 1),
            Item("PRICED", "CUP", 2, day: 1),
            Item("SAME", "POT", 1, day: 1)
        );
        var again = await catalog.Import(file);

        Assert.That(Differing(corrected), Is.EqualTo(["NAMED", "PRICED"]));
        Assert.That((Counts(corrected), Counts(again)), Is.EqualTo(((0, 0), (0, 0))));
        Assert.That(again.Body.TryGetProperty("differing", out _), Is.False);
        Assert.That(await catalog.Published(), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Values_set_by_a_person_are_not_reported_when_the_same_file_is_imported_again()
    {
        await using var catalog = await CatalogFixture.Start();
        var id = Ids(await catalog.Import(Item("85123A", "HEART", 1, day: 1)))["85123A"];
        await catalog.Http.Put($"{Products}/{id}", new { name = "A person's name", description = "new" });

        var again = await catalog.Import(Item("85123A", "HEART", 1, day: 1));

        Assert.That(again.Body.TryGetProperty("differing", out _), Is.False);
    }

    [TestCase("2010-12-01T08:26:00")]
    [TestCase("2010-12-01")]
    [TestCase("2010-12-01T08:26:00.123")]
    public async Task A_time_without_an_offset_is_refused(string asOf)
    {
        await using var catalog = await CatalogFixture.Start();
        var item = new
        {
            sku = "1",
            name = "MUG",
            price = 1,
            currency = "GBP",
            asOf,
        };

        var answer = await catalog.Http.Post("/catalog/v1/product-imports", new { products = new[] { item } });

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Text, Does.Contain("products[0].asOf"));
    }

    [TestCase("1e-30")]
    [TestCase("0.99999999999999999999999999999999")]
    [TestCase("1.50000000000000000000000000000000000001")]
    public async Task A_price_that_would_be_rounded_is_refused(string price)
    {
        await using var catalog = await CatalogFixture.Start();
        var answer = await catalog.Http.Post(Products, $$"""{ "sku": "1", "name": "MUG", "price": {{price}}, "currency": "GBP" }""");

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EqualTo(["price"]));
    }

    [TestCase("1.500000000000000000000000000000000000", 1.5)]
    [TestCase("25e-1", 2.5)]
    [TestCase("0e-99", 0)]
    public async Task A_price_is_read_however_it_is_written(string price, double expected)
    {
        await using var catalog = await CatalogFixture.Start();
        var answer = await catalog.Http.Post(Products, $$"""{ "sku": "1", "name": "MUG", "price": {{price}}, "currency": "GBP" }""");

        answer.Expect(HttpStatusCode.Created);
        Assert.That(answer.Body.GetProperty("price").GetDouble(), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_thousand_products_are_imported_at_a_time_and_no_more()
    {
        await using var catalog = await CatalogFixture.Start();
        object[] Items(int count) => [.. Enumerable.Range(1, count).Select(i => Item($"S{i}", $"Thing {i}", i, day: 1))];

        Assert.That(Counts(await catalog.Import(Items(1000))), Is.EqualTo((1000, 0)));
        Assert.That((await catalog.Import(Items(1001))).Fields, Is.EqualTo(["products"]));
        Assert.That((await catalog.Import()).Fields, Is.EqualTo(["products"]));
    }

    [Test]
    public async Task What_is_wrong_is_named_and_nothing_is_imported()
    {
        await using var catalog = await CatalogFixture.Start();
        var wrong = await catalog.Import(
            Item("1", "HEART", 1, day: 1),
            new
            {
                sku = "",
                price = -1,
                currency = "x",
            }
        );
        var nothing = await catalog.Http.Post(Imports, new { products = new object?[] { null } });

        wrong.Expect(HttpStatusCode.BadRequest);
        Assert.That(
            wrong.Fields,
            Is.EquivalentTo(["products[1].sku", "products[1].name", "products[1].price", "products[1].currency", "products[1].asOf"])
        );
        Assert.That(nothing.Fields, Is.EqualTo(["products[0]"]));
        Assert.That(await catalog.Published(), Is.Empty);
    }

    private static object Item(string sku, string name, decimal price, int day) =>
        new
        {
            sku,
            name,
            price,
            currency = "GBP",
            asOf = new DateTimeOffset(2010, 12, day, 8, 26, 0, TimeSpan.Zero),
        };

    private static IEnumerable<string?> Differing(Answer imported) =>
        imported.Body.GetProperty("differing").EnumerateArray().Select(sku => sku.GetString());

    private static (int Added, int Changed) Counts(Answer imported) =>
        (imported.Body.GetProperty("added").GetInt32(), imported.Body.GetProperty("changed").GetInt32());

    private static Dictionary<string, Guid> Ids(Answer imported) =>
        imported
            .Body.GetProperty("products")
            .EnumerateArray()
            .ToDictionary(product => product.GetProperty("sku").GetString()!, product => product.GetProperty("productId").GetGuid());
}
