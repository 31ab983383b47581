using System.Diagnostics;
using System.Net;
using static ModularShop.Customers.Tests.CustomersFixture;

namespace ModularShop.Customers.Tests;

internal sealed class SignInTests
{
    [TestCase("ada@example.com")]
    [TestCase("Ada@Example.com")]
    public async Task The_right_password_tells_who_it_is(string email)
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        var registered = await customers.Register("ada@example.com");

        var signedIn = await customers.SignIn(email);

        signedIn.Expect(HttpStatusCode.OK);
        Assert.That(signedIn.Body.GetProperty("customerId").GetGuid(), Is.EqualTo(registered.Id));
    }

    [Test]
    public async Task A_password_is_checked_each_time_whatever_key_a_request_has()
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        await customers.Register("ada@example.com");
        var key = ("Idempotency-Key", "once");
        await customers.Http.Post(SignIns, new { email = "ada@example.com", password = Password }, key);

        var wrong = await customers.Http.Post(SignIns, new { email = "ada@example.com", password = "wrong horse" }, key);

        wrong.Expect(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_wrong_password_and_an_unknown_address_read_alike()
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        await customers.Register("ada@example.com");

        var wrong = await customers.SignIn("ada@example.com", "wrong horse");
        var unknown = await customers.SignIn("nobody@example.com", Password);
        var empty = await customers.SignIn("nobody@example.com", " ");

        wrong.Expect(HttpStatusCode.Unauthorized);
        Assert.That(wrong.Body.GetProperty("status").GetInt32(), Is.EqualTo(401));
        unknown.Expect(HttpStatusCode.Unauthorized);
        Assert.That(unknown.Body.GetProperty("detail").GetString(), Is.EqualTo(wrong.Body.GetProperty("detail").GetString()));
        empty.Expect(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task A_wrong_password_and_an_unknown_address_take_alike_long()
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        await customers.Register("ada@example.com");

        var wrong = await Fastest(() => customers.SignIn("ada@example.com", "wrong horse"));
        var unknown = await Fastest(() => customers.SignIn("nobody@example.com", "wrong horse"));

        // Without hashing, an answer takes a few per cent of the time. Even a busy machine does not raise that to a fifth.
        Assert.That(unknown, Is.GreaterThan(wrong / 5));
    }

    [Test]
    public async Task The_password_of_no_account_is_not_accepted_for_one_that_has_none()
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        await customers.Import(new { number = "17850" });

        (await customers.SignIn("17850@example.com", Password)).Expect(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Signing_in_waits_for_no_command_and_publishes_nothing()
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        await customers.Register("ada@example.com");

        await customers.SignIn("ada@example.com");
        await customers.SignIn("ada@example.com", "wrong horse");

        Assert.That(await customers.Http.Events("customers"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_is_missing_is_named()
    {
        await using var customers = await CustomersFixture.Start(hashesSlowly: true);
        var answer = await customers.Http.Post(SignIns, new { });

        answer.Expect(HttpStatusCode.BadRequest);
        Assert.That(answer.Fields, Is.EquivalentTo(["email", "password"]));
    }

    // The fastest of several measurements: other load on the machine can only add time.
    private static async Task<TimeSpan> Fastest(Func<Task> act)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await act();
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }
        return fastest;
    }
}
