using System.Net;
using static ModularShop.Catalog.Tests.CatalogFixture;

namespace ModularShop.Catalog.Tests;

internal sealed class ChangeProductTests
{
    [Test]
    public async Task Changes_are_published_in_their_order_and_each_gives_a_new_version()
    {
        await using var catalog = await CatalogFixture.Start();
        var id = (await catalog.Add("85123A", "Heart", 2.55m)).Id;
        var path = $"{Products}/{id}";

        var renamed = await catalog.Http.Put(path, new { name = "White heart", description = "Of glass" }, ("If-Match", "\"1\""));
        var repriced = await catalog.Http.Put($"{path}/price", new { price = 2.95, currency = "EUR" }, ("If-Match", "\"2\""));
        var discontinued = await catalog.Http.Post($"{path}/discontinuation", null, ("If-Match", "\"3\""));

        Assert.That(renamed.Body.GetProperty("name").GetString(), Is.EqualTo("White heart"));
        Assert.That(repriced.Body.GetProperty("price").GetDecimal(), Is.EqualTo(2.95m));
        Assert.That(discontinued.Body.GetProperty("isDiscontinued").GetBoolean(), Is.True);
        Assert.That(new[] { renamed.ETag, repriced.ETag, discontinued.ETag }, Is.EqualTo(["\"2\"", "\"3\"", "\"4\""]));
        Assert.That((await catalog.Http.Get(path)).Text, Is.EqualTo(discontinued.Text));
        Assert.That(
            await catalog.Published(skip: 1),
            Is.EqualTo(
                new[]
                {
                    ("catalog.product-changed", $$"""{"productId":"{{id}}","name":"White heart","description":"Of glass"}"""),
                    ("catalog.price-changed", $$"""{"productId":"{{id}}","price":2.95,"currency":"EUR"}"""),
                    ("catalog.product-discontinued", $$"""{"productId":"{{id}}"}"""),
                }
            )
        );
    }

    [Test]
    public async Task A_discontinued_product_refuses_every_change_and_stays_visible()
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{(await catalog.Add("85123A")).Id}";
        var discontinued = await catalog.Http.Post($"{path}/discontinuation", null);

        Answer[] refused =
        [
            await catalog.Http.Put(path, new { name = "White heart" }),
            await catalog.Http.Put($"{path}/price", new { price = 1, currency = "GBP" }),
            await catalog.Http.Post($"{path}/discontinuation", null),
        ];

        Assert.That(refused.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await catalog.Http.Get(path)).Text, Is.EqualTo(discontinued.Text));
        Assert.That(await catalog.Published(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_change_of_what_was_changed_meanwhile_is_refused()
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{(await catalog.Add("85123A", "Heart")).Id}";
        await catalog.Http.Put(path, new { name = "White heart" });
        var stale = ("If-Match", "\"1\"");

        Answer[] refused =
        [
            await catalog.Http.Put(path, new { name = "Red heart" }, stale),
            await catalog.Http.Put($"{path}/price", new { price = 9, currency = "GBP" }, stale),
            await catalog.Http.Post($"{path}/discontinuation", null, stale),
        ];

        Assert.That(refused.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.PreconditionFailed));
        var shown = await catalog.Http.Get(path);
        Assert.That(shown.ETag, Is.EqualTo("\"2\""));
        Assert.That(shown.Body.GetProperty("name").GetString(), Is.EqualTo("White heart"));
        Assert.That(await catalog.Published(), Has.Count.EqualTo(2));
    }

    [TestCase("*", HttpStatusCode.OK)]
    [TestCase("\"1\"", HttpStatusCode.OK)]
    [TestCase("\"7\", \"1\"", HttpStatusCode.OK)]
    [TestCase("\"other\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("1", HttpStatusCode.BadRequest)]
    public async Task If_Match_takes_what_its_standard_says(string ifMatch, HttpStatusCode status)
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{(await catalog.Add("85123A")).Id}";

        var answer = await catalog.Http.Post($"{path}/discontinuation", body: null, ("If-Match", ifMatch));

        answer.Expect(status);
    }

    [Test]
    public async Task What_is_wrong_is_named()
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{(await catalog.Add("85123A")).Id}";

        var renamed = await catalog.Http.Put(path, new { name = "", description = new string('d', 4001) });
        var repriced = await catalog.Http.Put($"{path}/price", new { price = -1, currency = "pounds" });

        renamed.Expect(HttpStatusCode.BadRequest);
        Assert.That(renamed.Fields, Is.EquivalentTo(["name", "description"]));
        repriced.Expect(HttpStatusCode.BadRequest);
        Assert.That(repriced.Fields, Is.EquivalentTo(["price", "currency"]));
    }

    [Test]
    public async Task An_unknown_product_is_not_found()
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{Guid.CreateVersion7()}";

        Answer[] answers =
        [
            await catalog.Http.Get(path),
            await catalog.Http.Put(path, new { name = "Heart" }),
            await catalog.Http.Put($"{path}/price", new { price = 1, currency = "GBP" }),
            await catalog.Http.Post($"{path}/discontinuation", null),
        ];

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_product_that_the_caller_knows_already_is_not_sent_again()
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{(await catalog.Add("85123A")).Id}";

        var known = await catalog.Http.Get(path, ("If-None-Match", "\"1\""));
        var old = await catalog.Http.Get(path, ("If-None-Match", "\"0\""));

        known.Expect(HttpStatusCode.NotModified);
        Assert.That(known.ETag, Is.EqualTo("\"1\""));
        Assert.That(known.Text, Is.Empty);
        old.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_repeated_change_is_made_once()
    {
        await using var catalog = await CatalogFixture.Start();
        var path = $"{Products}/{(await catalog.Add("85123A")).Id}/price";
        var body = new { price = 2, currency = "GBP" };
        var first = await catalog.Http.Put(path, body, ("Idempotency-Key", "once"));

        var second = await catalog.Http.Put(path, body, ("Idempotency-Key", "once"));

        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(await catalog.Published(), Has.Count.EqualTo(2));
    }
}
