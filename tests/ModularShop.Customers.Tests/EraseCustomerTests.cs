using System.Net;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Customers.Tests;

internal sealed class EraseCustomerTests : CustomersFixture
{
    [Test]
    public async Task An_erased_customer_is_found_no_more()
    {
        var customer = await Register("ada@example.com", "Ada", "France");
        var path = $"{Customers}/{customer.Id}";

        var erased = await Http.Delete(path);

        erased.Expect(HttpStatusCode.NoContent);
        (await Http.Get(path)).Expect(HttpStatusCode.NotFound);
        (await Http.Put(path, new { name = "Ada" })).Expect(HttpStatusCode.NotFound);
        (await Http.Delete(path)).Expect(HttpStatusCode.NotFound);
        (await SignIn("ada@example.com")).Expect(HttpStatusCode.Unauthorized);
        var passwords = new { currentPassword = Password, newPassword = Password };
        (await Http.Put($"{path}/password", passwords)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Every_module_is_told_once()
    {
        var customer = await Register("ada@example.com");

        await Http.Delete($"{Customers}/{customer.Id}");
        await Http.Delete($"{Customers}/{customer.Id}");

        var published = (await Http.Events("customers")).Skip(1).Single();
        Assert.That(published.GetProperty("type").GetString(), Is.EqualTo("customers.customer-erased"));
        Assert.That(published.GetProperty("data").GetRawText(), Is.EqualTo($$"""{"customerId":"{{customer.Id}}"}"""));
    }

    [Test]
    public async Task The_address_may_be_used_again_by_another_customer()
    {
        var before = await Register("ada@example.com");
        await Http.Delete($"{Customers}/{before.Id}");

        var after = await Register("ada@example.com");

        after.Expect(HttpStatusCode.Created);
        Assert.That(after.Id, Is.Not.EqualTo(before.Id));
    }

    [Test]
    public async Task Any_number_of_customers_may_be_erased()
    {
        foreach (var email in new[] { "ada@example.com", "grace@example.com" })
        {
            var customer = await Register(email);
            (await Http.Delete($"{Customers}/{customer.Id}")).Expect(HttpStatusCode.NoContent);
        }
    }

    [Test]
    public async Task An_erasure_of_what_was_changed_meanwhile_is_refused()
    {
        var customer = await Register("ada@example.com", "Ada");
        var path = $"{Customers}/{customer.Id}";
        await Http.Put(path, new { name = "Ada L." });

        (await Http.Delete(path, ("If-Match", "\"1\""))).Expect(HttpStatusCode.PreconditionFailed);
        (await Http.Delete(path, ("If-Match", "\"2\""))).Expect(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task A_repeated_erasure_gets_its_first_answer()
    {
        var customer = await Register("ada@example.com");
        await Http.Delete($"{Customers}/{customer.Id}", ("Idempotency-Key", "once"));

        var second = await Http.Delete($"{Customers}/{customer.Id}", ("Idempotency-Key", "once"));

        second.Expect(HttpStatusCode.NoContent);
        Assert.That(await Http.Events("customers"), Has.Count.EqualTo(2));
    }
}
