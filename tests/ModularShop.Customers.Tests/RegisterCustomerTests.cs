using System.Net;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class RegisterCustomerTests
{
    [Test]
    public async Task A_registered_customer_is_shown_where_the_answer_says()
    {
        await using var customers = await CustomersFixture.Start();
        var registered = await customers.Register("Ada@Example.com", "Ada", "United Kingdom");

        var shown = await customers.Http.Get(registered.Headers.Location!.ToString());
        registered.Expect(HttpStatusCode.Created);
        Assert.That(registered.Headers.Location!.ToString(), Is.EqualTo($"{Accounts}/{registered.Id}"));
        Assert.That(registered.ETag, Is.EqualTo("\"1\""));
        shown.Expect(HttpStatusCode.OK);
        Assert.That(shown.Text, Is.EqualTo(registered.Text));
        Assert.That(shown.Body.GetProperty("email").GetString(), Is.EqualTo("Ada@Example.com"));
        Assert.That(shown.Body.GetProperty("name").GetString(), Is.EqualTo("Ada"));
        Assert.That(shown.Body.GetProperty("country").GetString(), Is.EqualTo("United Kingdom"));
    }

    [Test]
    public async Task Others_learn_of_the_country_and_nothing_else()
    {
        await using var customers = await CustomersFixture.Start();
        var registered = await customers.Register("ada@example.com", "Ada", "France");

        var published = (await customers.Http.Events("customers")).Single();
        Assert.That(published.GetProperty("type").GetString(), Is.EqualTo("customers.customer-registered"));
        Assert.That(published.GetProperty("subject").GetString(), Is.EqualTo(registered.Id.ToString()));
        Assert.That(
            published.GetProperty("data").EnumerateObject().Select(field => (field.Name, field.Value.ToString())),
            Is.EquivalentTo(new[] { ("customerId", registered.Id.ToString()), ("country", "France") })
        );
    }

    [TestCase("ada@example.com")]
    [TestCase("ADA@Example.COM")]
    public async Task An_address_that_is_taken_is_refused_whatever_its_case(string email)
    {
        await using var customers = await CustomersFixture.Start();
        await customers.Register("ada@example.com");

        var second = await customers.Register(email);

        second.Expect(HttpStatusCode.Conflict);
        Assert.That(await customers.Http.Events("customers"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Of_registrations_of_one_address_at_the_same_time_one_succeeds()
    {
        await using var customers = await CustomersFixture.Start();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => customers.Register("ada@example.com")));

        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Conflict), Is.EqualTo(3));
    }

    [TestCase("", Password, "name", "email")]
    [TestCase("no address", Password, "name", "email")]
    [TestCase("a@b@c", Password, "name", "email")]
    [TestCase(" ada@example.com", Password, "name", "email")]
    [TestCase("ada@example.com\n", Password, "name", "email")]
    [TestCase("ada@example.com", "seven77", "name", "password")]
    [TestCase("ada@example.com", Password, "", "name")]
    public async Task What_is_wrong_is_named(string email, string password, string name, string field)
    {
        await using var customers = await CustomersFixture.Start();
        var answer = await customers.Http.Post(
            Accounts,
            new
            {
                email,
                password,
                name,
            }
        );

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EqualTo([field]));
    }

    [Test]
    public async Task What_is_missing_or_too_long_is_named()
    {
        await using var customers = await CustomersFixture.Start();
        var missing = await customers.Http.Post(Accounts, new { name = "Ada" });
        var tooLong = await customers.Http.Post(
            Accounts,
            new
            {
                email = new string('a', 250) + "@b.example",
                password = new string('p', 201),
                name = new string('n', 201),
                country = new string('c', 61),
            }
        );

        Assert.That(missing.Fields, Is.EquivalentTo(["email", "password"]));
        Assert.That(tooLong.Fields, Is.EquivalentTo(["email", "password", "name", "country"]));
    }

    [Test]
    public async Task A_password_of_two_hundred_characters_is_one()
    {
        await using var customers = await CustomersFixture.Start();
        var password = new string('p', 200);
        await customers.Http.Post(Accounts, new { email = "ada@example.com", password });

        (await customers.SignIn("ada@example.com", password)).Expect(HttpStatusCode.OK);
        (await customers.SignIn("ada@example.com", password[1..])).Expect(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_repeated_registration_gets_the_first_answer_and_no_second_customer()
    {
        await using var customers = await CustomersFixture.Start();
        var first = await customers.Register("ada@example.com", "Ada", key: "once");

        var second = await customers.Register("ada@example.com", "Ada", key: "once");

        second.Expect(HttpStatusCode.Created);
        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(second.Headers.Location, Is.EqualTo(first.Headers.Location));
        Assert.That(second.ETag, Is.EqualTo(first.ETag));
        Assert.That(await customers.Http.Events("customers"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_same_key_with_another_password_is_refused()
    {
        await using var customers = await CustomersFixture.Start();
        await customers.Register("ada@example.com", key: "once");

        var other = await customers.Http.Post(
            Accounts,
            new { email = "ada@example.com", password = "battery staple" },
            ("Idempotency-Key", "once")
        );

        other.Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task A_key_that_was_used_for_another_registration_is_refused()
    {
        await using var customers = await CustomersFixture.Start();
        await customers.Register("ada@example.com", key: "once");

        var other = await customers.Register("grace@example.com", key: "once");

        other.Expect(HttpStatusCode.UnprocessableEntity);
        (await customers.SignIn("grace@example.com")).Expect(HttpStatusCode.Unauthorized);
    }
}
