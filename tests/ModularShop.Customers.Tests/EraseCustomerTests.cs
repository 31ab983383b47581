using System.Net;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class EraseCustomerTests
{
    [Test]
    public async Task An_erased_customer_is_found_no_more()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com", "Ada", "France");
        var path = $"{Accounts}/{customer.Id}";

        var erased = await customers.Http.Delete(path);

        erased.Expect(HttpStatusCode.NoContent);
        (await customers.Http.Get(path)).Expect(HttpStatusCode.NotFound);
        (await customers.Http.Put(path, new { name = "Ada" })).Expect(HttpStatusCode.NotFound);
        (await customers.Http.Delete(path)).Expect(HttpStatusCode.NotFound);
        (await customers.SignIn("ada@example.com")).Expect(HttpStatusCode.Unauthorized);
        var passwords = new { currentPassword = Password, newPassword = Password };
        (await customers.Http.Put($"{path}/password", passwords)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Every_module_is_told_once()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        await customers.Http.Delete($"{Accounts}/{customer.Id}");
        await customers.Http.Delete($"{Accounts}/{customer.Id}");

        var published = (await customers.Http.Events("customers")).Skip(1).Single();
        Assert.That(published.GetProperty("type").GetString(), Is.EqualTo("customers.customer-erased"));
        Assert.That(published.GetProperty("data").GetRawText(), Is.EqualTo($$"""{"customerId":"{{customer.Id}}"}"""));
    }

    [Test]
    public async Task The_address_may_be_used_again_by_another_customer()
    {
        await using var customers = await CustomersFixture.Start();
        var before = await customers.Register("ada@example.com");
        await customers.Http.Delete($"{Accounts}/{before.Id}");

        var after = await customers.Register("ada@example.com");

        after.Expect(HttpStatusCode.Created);
        Assert.That(after.Id, Is.Not.EqualTo(before.Id));
    }

    [Test]
    public async Task Any_number_of_customers_may_be_erased()
    {
        await using var customers = await CustomersFixture.Start();
        foreach (var email in new[] { "ada@example.com", "grace@example.com" })
        {
            var customer = await customers.Register(email);
            (await customers.Http.Delete($"{Accounts}/{customer.Id}")).Expect(HttpStatusCode.NoContent);
        }
    }

    [Test]
    public async Task An_erasure_of_what_was_changed_meanwhile_is_refused()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com", "Ada");
        var path = $"{Accounts}/{customer.Id}";
        await customers.Http.Put(path, new { name = "Ada L." });

        (await customers.Http.Delete(path, ("If-Match", "\"1\""))).Expect(HttpStatusCode.PreconditionFailed);
        (await customers.Http.Delete(path, ("If-Match", "\"2\""))).Expect(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task A_repeated_erasure_gets_its_first_answer()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");
        await customers.Http.Delete($"{Accounts}/{customer.Id}", ("Idempotency-Key", "once"));

        var second = await customers.Http.Delete($"{Accounts}/{customer.Id}", ("Idempotency-Key", "once"));

        second.Expect(HttpStatusCode.NoContent);
        Assert.That(await customers.Http.Events("customers"), Has.Count.EqualTo(2));
    }
}
