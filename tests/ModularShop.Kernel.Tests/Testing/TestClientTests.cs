using System.Net;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Testing;

/// <summary>A test that fails shows why the server failed.</summary>
internal sealed class TestClientTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");

    [Test]
    public async Task An_answer_with_500_contains_the_exception_of_its_request()
    {
        await using var app = await TestApplication.Start(reader);
        await app.Http.Get("/reader/v1/bug");

        var answer = await app.Http.Get("/reader/v1/bug");

        Assert.That(
            () => answer.Expect(HttpStatusCode.OK),
            Throws.TypeOf<AssertionException>().With.Message.Contains("secret of /srv/shop")
        );
        Assert.That(() => answer.Body, Throws.TypeOf<AssertionException>().With.Message.Contains("secret of /srv/shop"));
        answer.Expect(HttpStatusCode.InternalServerError);
        Assert.That(answer.ToString(), Does.StartWith("GET /reader/v1/bug was answered with 500"));
        Assert.That(answer.ToString().Split("System.InvalidOperationException: secret of /srv/shop/ledger.db"), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Waiting_for_catch_up_fails_at_once_with_the_exception_of_a_dead_letter()
    {
        reader.WhenHappened = (happened, _, ct) =>
            happened.Number == 1 ? throw new InvalidOperationException("Not this one.") : Task.Delay(Timeout.Infinite, ct);
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Happened("a", 1), new Happened("b", 2)]);

        // The other event is never applied, so that this can end only because of the dead letter.
        await Assert.ThatAsync(
            () => app.CaughtUp(),
            Throws
                .InvalidOperationException.With.Message.StartsWith("reader could not apply an event of publisher:")
                .And.Message.Contains("System.InvalidOperationException: Not this one.")
        );
    }

    [Test]
    public async Task Waiting_for_catch_up_accepts_dead_letters_that_a_test_allows()
    {
        reader.WhenHappened = (happened, _, _) =>
            happened.Number == 1 ? throw new InvalidOperationException("Not this one.") : Task.CompletedTask;
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Happened("a", 1), new Happened("b", 2)]);

        await app.CaughtUp(allowDeadLetters: true);

        Assert.That(await reader.Numbers(), Is.EqualTo([2]));
    }
}
