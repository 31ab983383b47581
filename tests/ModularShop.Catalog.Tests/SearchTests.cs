using System.Net;
using static ModularShop.Catalog.Tests.CatalogFixture;

namespace ModularShop.Catalog.Tests;

internal sealed class SearchTests
{
    [TestCase("deco", "1", TestName = "A word is found by its beginning")]
    [TestCase("decora", "1", TestName = "A word is found by its beginning where that is not the beginning of its stem")]
    [TestCase("decorations", "1", TestName = "A word is found by another form of it")]
    [TestCase("DECORATION", "1", TestName = "A word is found whatever its case")]
    [TestCase("cafe", "2", TestName = "A word is found without its accents")]
    [TestCase("CAFÉ", "2", TestName = "A word is found with its accents")]
    [TestCase("red decora", "1", TestName = "Each word must be there")]
    [TestCase("sets cup", "2", TestName = "Each word may be found its own way")]
    [TestCase("cup café", "2", TestName = "Words may come in any order")]
    [TestCase("retro", "3", TestName = "A part of a word with a hyphen is found")]
    [TestCase("retro-sp", "3", TestName = "A word with a hyphen is found by its beginning")]
    [TestCase("85123", "1", TestName = "A stock code is found by its beginning")]
    [TestCase("porcelain", "2", TestName = "The description is searched")]
    [TestCase("½", "3", TestName = "A sign that is a number is a word")]
    [TestCase("6\"plate", "3", TestName = "A quotation mark parts words")]
    [TestCase("cup & café", "2", TestName = "A sign between words is none of them")]
    [TestCase("ration", "", TestName = "A word is not found by its end")]
    [TestCase("red café", "", TestName = "Words of two products find neither")]
    public async Task Find(string search, string skus)
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("85123A", "RED HEART DECORATION");
        await catalog.Add("C2", "Set of café cups", description: "Of porcelain");
        await catalog.Add("R3", "Retro-spot 6\" plate ½ price");
        var wanted = skus.Select(sku =>
            sku switch
            {
                '1' => "85123A",
                '2' => "C2",
                _ => "R3",
            }
        );

        Assert.That(await catalog.Browse(("search", search)), Is.EqualTo(wanted));
    }

    [Test]
    public async Task Signs_that_the_search_engine_knows_mean_nothing()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("1", "red cup and saucer");
        await catalog.Add("2", "blue bowl");
        string[] harmless = ["\"", "*", "(", ")", ":", "-", "^", "'", "%", ";", "\\", "{", "}", "+", ",", ".", "\0", "🙂", "$stem0", "{0}"];

        foreach (var sign in harmless)
        {
            foreach (var search in (string[])[sign, $"red{sign}", $"{sign}red", $"red {sign} cup", $"name{sign}red", $"r{sign}d"])
            {
                var answer = await catalog.Http.Get(PageOf(("search", search)));
                answer.Expect(HttpStatusCode.OK);
            }
            if (!sign.Any(char.IsLetterOrDigit))
            {
                Assert.That(await catalog.Browse(("search", $"red {sign} cup")), Is.EqualTo(["1"]), sign);
            }
        }
    }

    [TestCase("red OR blue")]
    [TestCase("red AND blue")]
    [TestCase("red NOT cup")]
    [TestCase("NEAR(red cup)")]
    [TestCase("name : red")]
    [TestCase("^cup")]
    [TestCase("\"red\" OR \"blue\"")]
    public async Task Words_that_the_search_engine_knows_are_words(string search)
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("1", "red cup");
        await catalog.Add("2", "blue bowl");
        // In full-text syntax a leading ^ means the beginning of the text. Here it must have no meaning.
        var wanted = search == "^cup" ? ["1"] : Array.Empty<string>();

        Assert.That(await catalog.Browse(("search", search)), Is.EqualTo(wanted));
    }

    [Test]
    public async Task Blanks_leave_the_list_as_it_is()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.AddEach("a", "b");

        Assert.That(await catalog.Browse(("search", "")), Is.EqualTo(["a", "b"]));
        Assert.That(await catalog.Browse(("search", " ")), Is.EqualTo(["a", "b"]));
    }

    [TestCase("& \"")]
    [TestCase("***")]
    [TestCase("?")]
    [TestCase("🙂")]
    [TestCase("\u0301")]
    public async Task A_search_for_nothing_but_signs_finds_nothing(string search)
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.AddEach("a", "b");

        Assert.That(await catalog.Browse(("search", search)), Is.Empty);
        Assert.That(await catalog.Browse(("search", search), ("sort", "relevance")), Is.Empty);
        Assert.That(await catalog.Browse(("search", search), ("sort", "price")), Is.Empty);
    }

    [Test]
    public async Task A_product_is_found_by_its_new_name_and_not_by_its_old_one()
    {
        await using var catalog = await CatalogFixture.Start();
        var id = (await catalog.Add("1", "red heart", description: "glass")).Id;

        await catalog.Http.Put($"{Products}/{id}", new { name = "blue bowls" });

        Assert.That(await catalog.Browse(("search", "red")), Is.Empty);
        Assert.That(await catalog.Browse(("search", "hearts")), Is.Empty);
        Assert.That(await catalog.Browse(("search", "glass")), Is.Empty);
        Assert.That(await catalog.Browse(("search", "blue")), Is.EqualTo(["1"]));
        Assert.That(await catalog.Browse(("search", "bowl")), Is.EqualTo(["1"]));
    }

    [Test]
    public async Task The_best_match_comes_first()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("A", "Box with a spare part", description: "For the heart");
        await catalog.Add("B", "Heartwarming lamp");
        await catalog.Add("C", "Heart of white porcelain");
        await catalog.Add("D", "White hearts");
        await catalog.Add("heart", "Something else altogether, of a long name");

        Assert.That(await catalog.Browse(("search", "Heart")), Is.EqualTo(["heart", "D", "C", "B", "A"]));
    }

    [Test]
    public async Task A_search_may_be_narrowed()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("1", "red cup", 1);
        await catalog.Add("2", "red bowl", 5);
        await catalog.Add("3", "red vase", 9, "EUR");

        Assert.That(await catalog.Browse(("search", "red"), ("minPrice", "2"), ("currency", "GBP")), Is.EqualTo(["2"]));
    }

    [Test]
    public async Task Too_long_a_search_is_refused()
    {
        await using var catalog = await CatalogFixture.Start();
        var words = string.Join(' ', Enumerable.Range(1, 20).Select(i => $"w{i}"));

        Assert.That((await catalog.Http.Get(PageOf(("search", words)))).Status, Is.EqualTo(HttpStatusCode.OK));
        foreach (var search in (string[])[$"{words} w21", new('x', 201)])
        {
            var answer = await catalog.Http.Get(PageOf(("search", search)));
            answer.Expect(HttpStatusCode.BadRequest);
            Assert.That(answer.Fields, Is.EqualTo(["search"]));
        }
    }
}
