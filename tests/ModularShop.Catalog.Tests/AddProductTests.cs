using System.Net;
using static ModularShop.Catalog.Tests.CatalogFixture;

namespace ModularShop.Catalog.Tests;

internal sealed class AddProductTests
{
    [Test]
    public async Task A_product_is_shown_where_the_answer_says()
    {
        await using var catalog = await CatalogFixture.Start();
        var added = await catalog.Add("85123A", "White hanging heart", 2.55m, description: "A T-light holder");

        var shown = await catalog.Http.Get(added.Headers.Location!.ToString());
        added.Expect(HttpStatusCode.Created);
        Assert.That(added.Headers.Location!.ToString(), Is.EqualTo($"{Products}/{added.Id}"));
        Assert.That(added.ETag, Is.EqualTo("\"1\""));
        shown.Expect(HttpStatusCode.OK);
        Assert.That(shown.ETag, Is.EqualTo("\"1\""));
        Assert.That(
            shown.Text,
            Is.EqualTo(
                $$"""{"id":"{{added.Id}}","sku":"85123A","name":"White hanging heart","description":"A T-light holder","price":"""
                    + """2.55,"currency":"GBP","isDiscontinued":false,"version":1}"""
            )
        );
    }

    [Test]
    public async Task A_product_is_published_with_its_exact_price()
    {
        await using var catalog = await CatalogFixture.Start();
        var added = await catalog.Add("85123A", "White hanging heart", 0.1234m, "EUR", "A T-light holder");

        Assert.That(
            await catalog.Published(),
            Is.EqualTo(
                new[]
                {
                    (
                        "catalog.product-added",
                        $$"""{"productId":"{{added.Id}}","sku":"85123A","name":"White hanging heart","price":0.1234,"currency":"EUR"}"""
                    ),
                }
            )
        );
    }

    [Test]
    public async Task A_stock_code_is_taken_once_and_one_of_other_case_is_another()
    {
        await using var catalog = await CatalogFixture.Start();
        await catalog.Add("85123A");

        (await catalog.Add("85123A", "Another")).Expect(HttpStatusCode.Conflict);
        (await catalog.Add("85123a")).Expect(HttpStatusCode.Created);
        Assert.That(await catalog.Browse(), Is.EqualTo(["85123A", "85123a"]));
    }

    [Test]
    public async Task A_repeated_request_gets_the_first_answer_and_no_second_product()
    {
        await using var catalog = await CatalogFixture.Start();
        var body = new
        {
            sku = "85123A",
            name = "Heart",
            price = 1,
            currency = "GBP",
        };
        var first = await catalog.Http.Post(Products, body, ("Idempotency-Key", "once"));

        var second = await catalog.Http.Post(Products, body, ("Idempotency-Key", "once"));

        second.Expect(HttpStatusCode.Created);
        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(await catalog.Published(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_is_missing_is_named()
    {
        await using var catalog = await CatalogFixture.Start();
        var answer = await catalog.Http.Post(Products, new { price = 1 });

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EquivalentTo(["sku", "name", "currency"]));
    }

    [TestCase("", "Heart", 1, "GBP", "sku")]
    [TestCase("85123A", " ", 1, "GBP", "name")]
    [TestCase("85123A", "Heart", -0.01, "GBP", "price")]
    [TestCase("85123A", "Heart", 0.00001, "GBP", "price")]
    [TestCase("85123A", "Heart", 1000000000.01, "GBP", "price")]
    [TestCase("85123A", "Heart", 1, "gbp", "currency")]
    [TestCase("85123A", "Heart", 1, "GBP\n", "currency")]
    public async Task What_is_wrong_is_named(string sku, string name, double price, string currency, string field)
    {
        await using var catalog = await CatalogFixture.Start();
        var answer = await catalog.Add(sku, name, (decimal)price, currency);

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EqualTo([field]));
    }

    [Test]
    public async Task What_is_too_long_is_named()
    {
        await using var catalog = await CatalogFixture.Start();
        var answer = await catalog.Add(new string('1', 51), new string('n', 201), description: new string('d', 4001));

        Assert.That(answer.Fields, Is.EquivalentTo(["sku", "name", "description"]));
    }

    [Test]
    public async Task A_product_may_cost_nothing()
    {
        await using var catalog = await CatalogFixture.Start();
        (await catalog.Add("GIFT", price: 0)).Expect(HttpStatusCode.Created);
    }
}
