using System.Net;
using static ModularShop.Catalog.Tests.CatalogFixture;

namespace ModularShop.Catalog.Tests;

internal sealed class BrowseProductsTests
{
    [TestCase("name", "B", "a", "c")]
    [TestCase("-name", "c", "a", "B")]
    [TestCase("price", "c", "B", "a")]
    [TestCase("-price", "a", "B", "c")]
    [TestCase("newest", "a", "c", "B")]
    public async Task Products_come_sorted_as_asked(string sort, params string[] skus)
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("B", "apple", 2);
        await catalog.Add("c", "Cherry", 1.5m);
        await catalog.Add("a", "Banana", 10);

        Assert.That(await catalog.Browse(("sort", sort)), Is.EqualTo(skus));
    }

    [Test]
    public async Task Products_come_by_name_where_nothing_is_asked_for_and_by_relevance_where_words_are()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("1", "cup of white porcelain");
        await catalog.Add("2", "white cup");

        Assert.That(await catalog.Browse(), Is.EqualTo(["1", "2"]));
        Assert.That(await catalog.Browse(("search", "white cup")), Is.EqualTo(["2", "1"]));
        Assert.That(await catalog.Browse(("search", "white cup"), ("sort", "name")), Is.EqualTo(["1", "2"]));
    }

    [TestCase("name", null)]
    [TestCase("-name", null)]
    [TestCase("price", null)]
    [TestCase("-price", null)]
    [TestCase("newest", null)]
    [TestCase("relevance", "cup")]
    [TestCase("name", "cup")]
    [TestCase("-price", "cup")]
    public async Task Pages_hold_every_product_once_though_others_are_added_meanwhile(string sort, string? search)
    {
        await using var catalog = await CatalogFixture.Start();
        // Equal names and prices, names that differ only in case, and letters whose case SQLite does not fold.
        string[] names = ["Cup", "cup", "CUP", "Cup äöü", "Cup ÄÖÜ", "cup ÄÖÜ", "Cup Ω", "cup of tea", "cup cup", "red cup"];
        var skus = Enumerable.Range(0, 30).Select(i => $"S{i:00}").ToList();
        foreach (var (i, sku) in skus.Index())
        {
            await catalog.Add(sku, names[i % names.Length], 1 + i % 4, description: i % 3 == 0 ? "a cup for cups" : null);
        }
        (string, string)[] query = search is null ? [("sort", sort)] : [("sort", sort), ("search", search)];

        var seen = await catalog.BrowseAll(
            query,
            limit: 4,
            betweenPages: async page =>
            {
                await catalog.Add($"N{page}a", page % 2 == 0 ? "Cup" : "cup ÄÖÜ", page % 5);
                await catalog.Add($"N{page}b", "zinc tub with no handle but many, many words", page, description: "cup cup cup cup");
            }
        );

        Assert.That(seen, Is.Unique);
        Assert.That(seen.Where(sku => sku[0] == 'S'), Is.EquivalentTo(skus));
    }

    [Test]
    public async Task Pages_continue_in_the_order_of_one_long_page()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.AddEach("b", "B", "a", "A", "ä", "Ä", "c", "C", "é", "0");

        foreach (var sort in (string[])["name", "-name"])
        {
            Assert.That(await catalog.BrowseAll([("sort", sort)], limit: 1), Is.EqualTo(await catalog.Browse(("sort", sort))));
        }
        Assert.That(await catalog.Browse(("sort", "name")), Is.EqualTo(["0", "A", "a", "B", "b", "C", "c", "Ä", "ä", "é"]).IgnoreCase);
    }

    [Test]
    public async Task The_last_page_says_that_it_is_the_last()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.AddEach("a", "b");

        var all = await catalog.Http.Get(PageOf(("limit", "2")));

        Assert.That(all.Body.GetProperty("next").GetString(), Is.Null);
        Assert.That((await catalog.Http.Get(PageOf(("limit", "1")))).Body.GetProperty("next").GetString(), Is.Not.Null);
        Assert.That((await catalog.Http.Get(PageOf(("search", "nothing")))).Body.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Products_are_filtered_by_price_and_currency_both_bounds_included()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("1", "a", 0.99m);
        await catalog.Add("2", "b", 1);
        await catalog.Add("3", "c", 1.0001m);
        await catalog.Add("4", "d", 2, "EUR");

        Assert.That(await catalog.Browse(("minPrice", "1")), Is.EqualTo(["2", "3", "4"]));
        Assert.That(await catalog.Browse(("maxPrice", "1.0")), Is.EqualTo(["1", "2"]));
        Assert.That(await catalog.Browse(("minPrice", "1.0001"), ("maxPrice", "2"), ("currency", "GBP")), Is.EqualTo(["3"]));
        Assert.That(await catalog.Browse(("currency", "EUR")), Is.EqualTo(["4"]));
        Assert.That(await catalog.Browse(("minPrice", "2"), ("maxPrice", "1")), Is.Empty);
    }

    [Test]
    public async Task Discontinued_products_are_listed_only_when_asked_for()
    {
        await using var catalog = await CatalogFixture.Start();
        var id = await catalog.AddEach("a", "b");
        await catalog.Http.Post($"{Products}/{id}/discontinuation", null);

        Assert.That(await catalog.Browse(), Is.EqualTo(["a"]));
        Assert.That(await catalog.Browse(("search", "b")), Is.Empty);
        Assert.That(await catalog.Browse(("discontinued", "true")), Is.EqualTo(["b"]));
        Assert.That(await catalog.Browse(("discontinued", "false")), Is.EqualTo(["a"]));
    }

    [TestCase("limit", "0", "limit")]
    [TestCase("limit", "501", "limit")]
    [TestCase("limit", "-1", "limit")]
    [TestCase("sort", "colour", "sort")]
    [TestCase("sort", "relevance", "sort")]
    [TestCase("after", "!", "after")]
    [TestCase("after", "bm9uc2Vuc2U", "after")]
    [TestCase("after", "e30", "after")]
    [TestCase("minPrice", "-1", "minPrice")]
    [TestCase("maxPrice", "0.00001", "maxPrice")]
    [TestCase("maxPrice", "1,50", "maxPrice")]
    [TestCase("minPrice", "1,000.00", "minPrice")]
    [TestCase("maxPrice", "0.99999999999999999999999999999", "maxPrice")]
    [TestCase("currency", "gbp", "currency")]
    [TestCase("currency", "£", "currency")]
    [TestCase("currency", "GBP\n", "currency")]
    [TestCase("after", "bnVsbA", "after")]
    public async Task What_is_wrong_is_named(string name, string value, string field)
    {
        await using var catalog = await CatalogFixture.Start();
        var answer = await catalog.Http.Get(PageOf((name, value)));

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EqualTo([field]));
    }

    [TestCase("limit", "many")]
    [TestCase("minPrice", "cheap")]
    [TestCase("discontinued", "perhaps")]
    public async Task What_is_no_value_at_all_is_refused(string name, string value)
    {
        await using var catalog = await CatalogFixture.Start();
        Assert.That((await catalog.Http.Get(PageOf((name, value)))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_cursor_of_another_sort_is_refused()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.AddEach("a", "b");
        var page = await catalog.Http.Get(PageOf(("limit", "1"), ("sort", "name")));

        var answer = await catalog.Http.Get(PageOf(("sort", "price"), ("after", page.Body.GetProperty("next").GetString()!)));

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EqualTo(["after"]));
    }
}
