using System.Net;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class ChangeCustomerTests
{
    [Test]
    public async Task A_change_replaces_name_and_country_and_gives_a_new_version()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com", "Ada", "France");

        var changed = await customers.Http.Put($"{Accounts}/{customer.Id}", new { name = "Ada L." }, ("If-Match", customer.ETag!));

        changed.Expect(HttpStatusCode.OK);
        Assert.That(changed.ETag, Is.EqualTo("\"2\""));
        Assert.That(changed.Body.GetProperty("name").GetString(), Is.EqualTo("Ada L."));
        Assert.That(changed.Body.GetProperty("country").GetString(), Is.Null);
        Assert.That(changed.Body.GetProperty("email").GetString(), Is.EqualTo("ada@example.com"));
        Assert.That((await customers.Http.Get($"{Accounts}/{customer.Id}")).Text, Is.EqualTo(changed.Text));
    }

    [Test]
    public async Task A_move_is_published_and_a_new_name_is_not()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com", "Ada", "France");

        await customers.Http.Put($"{Accounts}/{customer.Id}", new { name = "Ada L.", country = "France" });
        await customers.Http.Put($"{Accounts}/{customer.Id}", new { name = "Ada L.", country = "Spain" });

        var published = (await customers.Http.Events("customers")).Skip(1).Single();
        Assert.That(published.GetProperty("type").GetString(), Is.EqualTo("customers.customer-changed"));
        Assert.That(
            published.GetProperty("data").EnumerateObject().Select(field => (field.Name, field.Value.ToString())),
            Is.EquivalentTo(new[] { ("customerId", customer.Id.ToString()), ("country", "Spain") })
        );
    }

    [Test]
    public async Task A_change_of_what_was_changed_meanwhile_is_refused()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com", "Ada");
        await customers.Http.Put($"{Accounts}/{customer.Id}", new { name = "Ada L." });

        var late = await customers.Http.Put($"{Accounts}/{customer.Id}", new { name = "A." }, ("If-Match", customer.ETag!));

        late.Expect(HttpStatusCode.PreconditionFailed);
        var shown = await customers.Http.Get($"{Accounts}/{customer.Id}");
        Assert.That(shown.Body.GetProperty("name").GetString(), Is.EqualTo("Ada L."));
    }

    [Test]
    public async Task A_repeated_change_is_made_once()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com", "Ada");
        var path = $"{Accounts}/{customer.Id}";

        await customers.Http.Put(path, new { name = "Ada L." }, ("Idempotency-Key", "once"), ("If-Match", customer.ETag!));
        var second = await customers.Http.Put(path, new { name = "Ada L." }, ("Idempotency-Key", "once"), ("If-Match", customer.ETag!));

        second.Expect(HttpStatusCode.OK);
        Assert.That(second.ETag, Is.EqualTo("\"2\""));
    }

    [Test]
    public async Task What_is_wrong_is_named()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        var answer = await customers.Http.Put($"{Accounts}/{customer.Id}", new { name = "", country = new string('c', 61) });

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EquivalentTo(["name", "country"]));
    }

    [Test]
    public async Task There_is_nothing_to_show_or_change_of_a_customer_who_is_unknown()
    {
        await using var customers = await CustomersFixture.Start();
        var path = $"{Accounts}/{Guid.CreateVersion7()}";

        (await customers.Http.Get(path)).Expect(HttpStatusCode.NotFound);
        (await customers.Http.Put(path, new { name = "Ada" })).Expect(HttpStatusCode.NotFound);
        (await customers.Http.Delete(path)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_customer_that_the_caller_knows_already_is_not_sent_again()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        var answer = await customers.Http.Get($"{Accounts}/{customer.Id}", ("If-None-Match", customer.ETag!));

        answer.Expect(HttpStatusCode.NotModified);
        Assert.That(answer.Text, Is.Empty);
    }
}
