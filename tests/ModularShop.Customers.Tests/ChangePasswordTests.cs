using System.Net;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class ChangePasswordTests
{
    private const string NewPassword = "battery staple";

    [Test]
    public async Task From_then_on_only_the_new_password_is_right()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        var changed = await customers.ChangePassword(customer.Id, Password, NewPassword);

        changed.Expect(HttpStatusCode.NoContent);
        (await customers.SignIn("ada@example.com", NewPassword)).Expect(HttpStatusCode.OK);
        (await customers.SignIn("ada@example.com", Password)).Expect(HttpStatusCode.Unauthorized);
        Assert.That(await customers.Http.Events("customers"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_caller_without_the_password_cannot_change_it()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        var refused = await customers.ChangePassword(customer.Id, "wrong horse", NewPassword);

        refused.Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(refused.Fields, Is.EqualTo(["currentPassword"]));
        (await customers.SignIn("ada@example.com", Password)).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Of_two_changes_at_the_same_time_one_succeeds()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        var answers = await Task.WhenAll(
            customers.ChangePassword(customer.Id, Password, "first first"),
            customers.ChangePassword(customer.Id, Password, "second second")
        );

        Assert.That(
            answers.Select(answer => answer.Status),
            Is.EquivalentTo([HttpStatusCode.NoContent, HttpStatusCode.UnprocessableEntity])
        );
    }

    [Test]
    public async Task A_repeated_change_gets_its_first_answer_though_the_old_password_is_wrong_by_then()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");
        await customers.ChangePassword(customer.Id, Password, NewPassword, ("Idempotency-Key", "once"));

        var second = await customers.ChangePassword(customer.Id, Password, NewPassword, ("Idempotency-Key", "once"));

        second.Expect(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task Another_change_under_the_same_key_is_refused_and_not_done()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");
        await customers.ChangePassword(customer.Id, Password, NewPassword, ("Idempotency-Key", "once"));

        var another = await customers.ChangePassword(customer.Id, NewPassword, "third third", ("Idempotency-Key", "once"));

        another.Expect(HttpStatusCode.UnprocessableEntity);
        (await customers.SignIn("ada@example.com", NewPassword)).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_wrong_password_under_a_key_that_was_used_is_refused()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");
        await customers.ChangePassword(customer.Id, Password, NewPassword, ("Idempotency-Key", "once"));

        var wrong = await customers.ChangePassword(customer.Id, "wrong horse", NewPassword, ("Idempotency-Key", "once"));

        wrong.Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task An_imported_customer_has_no_password_to_change()
    {
        await using var customers = await CustomersFixture.Start();
        var imported = await customers.Import(new { number = "17850" });
        var id = imported.Body.GetProperty("customers")[0].GetProperty("customerId").GetGuid();

        (await customers.ChangePassword(id, Password, NewPassword)).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task A_new_password_that_is_too_short_is_named()
    {
        await using var customers = await CustomersFixture.Start();
        var customer = await customers.Register("ada@example.com");

        var answer = await customers.ChangePassword(customer.Id, Password, "seven77");

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EqualTo(["newPassword"]));
    }
}
