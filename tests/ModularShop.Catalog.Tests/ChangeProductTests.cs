using System.Net;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Catalog.Tests;

internal sealed class ChangeProductTests : CatalogFixture
{
    [Test]
    public async Task Changes_are_published_in_their_order_and_each_gives_a_new_version()
    {
        var id = (await Add("85123A", "Heart", 2.55m)).Id;
        var path = $"{Products}/{id}";

        var renamed = await Http.Put(path, new { name = "White heart", description = "Of glass" }, ("If-Match", "\"1\""));
        var repriced = await Http.Put($"{path}/price", new { price = 2.95, currency = "EUR" }, ("If-Match", "\"2\""));
        var discontinued = await Http.Post($"{path}/discontinuation", null, ("If-Match", "\"3\""));

        Assert.That(renamed.Body.GetProperty("name").GetString(), Is.EqualTo("White heart"));
        Assert.That(repriced.Body.GetProperty("price").GetDecimal(), Is.EqualTo(2.95m));
        Assert.That(discontinued.Body.GetProperty("isDiscontinued").GetBoolean(), Is.True);
        Assert.That(new[] { renamed.ETag, repriced.ETag, discontinued.ETag }, Is.EqualTo(["\"2\"", "\"3\"", "\"4\""]));
        Assert.That((await Http.Get(path)).Text, Is.EqualTo(discontinued.Text));
        Assert.That(
            await Published(skip: 1),
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
        var path = $"{Products}/{(await Add("85123A")).Id}";
        var discontinued = await Http.Post($"{path}/discontinuation", null);

        Answer[] refused =
        [
            await Http.Put(path, new { name = "White heart" }),
            await Http.Put($"{path}/price", new { price = 1, currency = "GBP" }),
            await Http.Post($"{path}/discontinuation", null),
        ];

        Assert.That(refused.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await Http.Get(path)).Text, Is.EqualTo(discontinued.Text));
        Assert.That(await Published(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_change_of_what_was_changed_meanwhile_is_refused()
    {
        var path = $"{Products}/{(await Add("85123A", "Heart")).Id}";
        await Http.Put(path, new { name = "White heart" });
        var stale = ("If-Match", "\"1\"");

        Answer[] refused =
        [
            await Http.Put(path, new { name = "Red heart" }, stale),
            await Http.Put($"{path}/price", new { price = 9, currency = "GBP" }, stale),
            await Http.Post($"{path}/discontinuation", null, stale),
        ];

        Assert.That(refused.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.PreconditionFailed));
        var shown = await Http.Get(path);
        Assert.That(shown.ETag, Is.EqualTo("\"2\""));
        Assert.That(shown.Body.GetProperty("name").GetString(), Is.EqualTo("White heart"));
        Assert.That(await Published(), Has.Count.EqualTo(2));
    }

    [TestCase("*", HttpStatusCode.OK)]
    [TestCase("\"1\"", HttpStatusCode.OK)]
    [TestCase("\"7\", \"1\"", HttpStatusCode.OK)]
    [TestCase("\"other\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("1", HttpStatusCode.BadRequest)]
    public async Task If_Match_takes_what_its_standard_says(string ifMatch, HttpStatusCode status)
    {
        var path = $"{Products}/{(await Add("85123A")).Id}";

        var answer = await Http.Post($"{path}/discontinuation", body: null, ("If-Match", ifMatch));

        answer.Expect(status);
    }

    [Test]
    public async Task What_is_wrong_is_named()
    {
        var path = $"{Products}/{(await Add("85123A")).Id}";

        var renamed = await Http.Put(path, new { name = "", description = new string('d', 4001) });
        var repriced = await Http.Put($"{path}/price", new { price = -1, currency = "pounds" });

        renamed.Expect(HttpStatusCode.BadRequest);
        Assert.That(renamed.Fields, Is.EquivalentTo(["name", "description"]));
        repriced.Expect(HttpStatusCode.BadRequest);
        Assert.That(repriced.Fields, Is.EquivalentTo(["price", "currency"]));
    }

    [Test]
    public async Task An_unknown_product_is_not_found()
    {
        var path = $"{Products}/{Guid.CreateVersion7()}";

        Answer[] answers =
        [
            await Http.Get(path),
            await Http.Put(path, new { name = "Heart" }),
            await Http.Put($"{path}/price", new { price = 1, currency = "GBP" }),
            await Http.Post($"{path}/discontinuation", null),
        ];

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_product_that_the_caller_knows_already_is_not_sent_again()
    {
        var path = $"{Products}/{(await Add("85123A")).Id}";

        var known = await Http.Get(path, ("If-None-Match", "\"1\""));
        var old = await Http.Get(path, ("If-None-Match", "\"0\""));

        known.Expect(HttpStatusCode.NotModified);
        Assert.That(known.ETag, Is.EqualTo("\"1\""));
        Assert.That(known.Text, Is.Empty);
        old.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_repeated_change_is_made_once()
    {
        var path = $"{Products}/{(await Add("85123A")).Id}/price";
        var body = new { price = 2, currency = "GBP" };
        var first = await Http.Put(path, body, ("Idempotency-Key", "once"));

        var second = await Http.Put(path, body, ("Idempotency-Key", "once"));

        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(await Published(), Has.Count.EqualTo(2));
    }
}
