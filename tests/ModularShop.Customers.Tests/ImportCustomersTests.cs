using System.Net;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class ImportCustomersTests
{
    [Test]
    public async Task Imported_customers_are_shown_with_number_and_country()
    {
        await using var customers = await CustomersFixture.Start();
        var imported = await customers.Import(new { number = "17850", country = "United Kingdom" }, new { number = "13047" });

        imported.Expect(HttpStatusCode.OK);
        Assert.That(imported.Body.GetProperty("added").GetInt32(), Is.EqualTo(2));
        var ids = Ids(imported);
        var shown = await customers.Http.Get($"{Accounts}/{ids["17850"]}");
        Assert.That(shown.Body.GetProperty("number").GetString(), Is.EqualTo("17850"));
        Assert.That(shown.Body.GetProperty("country").GetString(), Is.EqualTo("United Kingdom"));
        Assert.That(shown.Body.GetProperty("email").GetString(), Is.Null);
        var published = await customers.Http.Events("customers");
        Assert.That(
            published.Select(e => e.GetProperty("subject").GetString()),
            Is.EqualTo([ids["17850"].ToString(), ids["13047"].ToString()])
        );
        Assert.That(string.Concat(published.Select(e => e.GetRawText())), Does.Not.Contain("17850"), "the number is encrypted");
    }

    [Test]
    public async Task A_repeated_import_adds_nothing_and_tells_the_same_ids()
    {
        await using var customers = await CustomersFixture.Start();
        var first = await customers.Import(new { number = "17850", country = "France" }, new { number = "13047" });

        var second = await customers.Import(
            new { number = "13047" },
            new { number = "12583" },
            new { number = "17850", country = "Spain" }
        );

        Assert.That(second.Body.GetProperty("added").GetInt32(), Is.EqualTo(1));
        Assert.That(Ids(second), Is.SupersetOf(Ids(first)));
        Assert.That(Ids(second), Has.Count.EqualTo(3));
        Assert.That(await customers.Http.Events("customers"), Has.Count.EqualTo(3));
        var shown = await customers.Http.Get($"{Accounts}/{Ids(first)["17850"]}");
        Assert.That(shown.Body.GetProperty("country").GetString(), Is.EqualTo("France"));
    }

    [Test]
    public async Task A_number_that_comes_twice_is_one_customer_and_one_of_other_case_is_another()
    {
        await using var customers = await CustomersFixture.Start();
        var imported = await customers.Import(new { number = "a1" }, new { number = "a1" }, new { number = "A1" });

        Assert.That(imported.Body.GetProperty("added").GetInt32(), Is.EqualTo(2));
        Assert.That(Ids(imported).Keys, Is.EqualTo(["a1", "A1"]));
    }

    [Test]
    public async Task An_import_with_the_key_of_one_before_gets_its_answer()
    {
        await using var customers = await CustomersFixture.Start();
        var body = new { customers = new[] { new { number = "17850" } } };
        var first = await customers.Http.Post(Imports, body, ("Idempotency-Key", "once"));

        var second = await customers.Http.Post(Imports, body, ("Idempotency-Key", "once"));

        Assert.That(second.Text, Is.EqualTo(first.Text));
    }

    [Test]
    public async Task The_number_of_an_erased_customer_becomes_a_new_one()
    {
        await using var customers = await CustomersFixture.Start();
        var before = Ids(await customers.Import(new { number = "17850" }))["17850"];
        await customers.Http.Delete($"{Accounts}/{before}");

        var after = await customers.Import(new { number = "17850" });

        Assert.That(after.Body.GetProperty("added").GetInt32(), Is.EqualTo(1));
        Assert.That(Ids(after)["17850"], Is.Not.EqualTo(before));
    }

    [Test]
    public async Task A_thousand_customers_are_imported_at_a_time_and_no_more()
    {
        await using var customers = await CustomersFixture.Start();
        object[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(number => new { number = $"{number}" })];

        var thousand = await customers.Import(Numbers(1000));
        var more = await customers.Import(Numbers(1001));
        var none = await customers.Import();

        Assert.That(thousand.Body.GetProperty("added").GetInt32(), Is.EqualTo(1000));
        more.Expect(HttpStatusCode.BadRequest);
        Assert.That(more.Fields, Is.EqualTo(["customers"]));
        Assert.That(none.Fields, Is.EqualTo(["customers"]));
    }

    [Test]
    public async Task What_is_wrong_is_named_and_nothing_is_imported()
    {
        await using var customers = await CustomersFixture.Start();
        var wrong = await customers.Import(
            new { number = "1" },
            new { number = new string('9', 51), country = "" },
            new { country = "France" }
        );
        var nothing = await customers.Http.Post(Imports, new { customers = new object?[] { null } });
        var missing = await customers.Http.Post(Imports, new { });

        wrong.Expect(HttpStatusCode.BadRequest);
        Assert.That(wrong.Fields, Is.EquivalentTo(["customers[1].number", "customers[1].country", "customers[2].number"]));
        Assert.That(nothing.Fields, Is.EqualTo(["customers[0]"]));
        Assert.That(missing.Fields, Is.EqualTo(["customers"]));
        Assert.That(await customers.Http.Events("customers"), Is.Empty);
    }

    private static Dictionary<string, Guid> Ids(Answer imported) =>
        imported
            .Body.GetProperty("customers")
            .EnumerateArray()
            .ToDictionary(
                customer => customer.GetProperty("number").GetString()!,
                customer => customer.GetProperty("customerId").GetGuid()
            );
}
