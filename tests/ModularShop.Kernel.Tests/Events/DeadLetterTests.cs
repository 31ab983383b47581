using System.Net;
using System.Text.Json;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class DeadLetterTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");

    // The numbers that the reader currently cannot apply.
    private volatile int[] indigestible = [];
    private int attempts;

    [SetUp]
    public void MakeReaderFail() =>
        reader.WhenHappened = (happened, _, _) =>
        {
            if (indigestible.Contains(happened.Number))
            {
                Interlocked.Increment(ref attempts);
                throw new InvalidOperationException($"Cannot digest {happened.Number}.");
            }
            return Task.CompletedTask;
        };

    [Test]
    public async Task A_handler_that_fails_for_a_while_is_tried_again_and_nothing_is_lost()
    {
        indigestible = [2];
        var patient = new Dictionary<string, string?>(Settings.ImpatientRetries) { ["Kernel:Delivery:MaxAttempts"] = "10000" };
        await using var app = await TestApplication.Start([publisher, reader], directory: null, patient);
        await publisher.Publish([new Happened("a", 1), new Happened("a", 2), new Happened("b", 3)]);

        await Eventually.True(() => attempts >= 3);
        var retrying = await app.Http.WaitForState("reader", "publisher", "retrying");
        indigestible = [];

        Assert.That(await reader.Received(3), Is.EqualTo([1, 2, 3]));
        Assert.That(retrying.Text("error"), Does.Contain("position 2").And.Contain("Cannot digest 2."));
        Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
    }

    [Test]
    public async Task Attempts_are_counted_on_when_the_source_restarts_between_them()
    {
        indigestible = [2];
        var twice = new Dictionary<string, string?>
        {
            ["Kernel:Delivery:MaxAttempts"] = "2",
            ["Kernel:Delivery:FirstRetryDelay"] = "00:00:01",
        };
        await using var app = await TestApplication.Start([publisher, reader], directory: null, twice);
        await publisher.Publish(new Happened("a", 2));
        await Eventually.True(() => attempts == 1);

        await app.Http.Post("/admin/v1/modules/publisher/restart");

        var letters = await Eventually.Get(() => app.Http.DeadLetters("reader"), letters => letters.Count > 0);
        Assert.That(letters.Single().Number("attempts"), Is.EqualTo(2));
        Assert.That(attempts, Is.EqualTo(2));
    }

    [Test]
    public async Task When_attempts_run_out_the_event_is_a_dead_letter_with_its_cause()
    {
        await using var app = await StartWithDeadLetter();

        var letter = (await app.Http.DeadLetters("reader")).Single(l => l.Text("status") == "dead");
        var whole = await app.Http.Json($"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}");

        Assert.That(attempts, Is.EqualTo(3));
        Assert.That(whole.Number("attempts"), Is.EqualTo(3));
        Assert.That(whole.Text("error"), Does.Contain("Cannot digest 2."));
        Assert.That(whole.Text("stack"), Does.Contain("MakeReaderFail"));
        Assert.That(whole.GetProperty("event").Number("position"), Is.EqualTo(2));
        Assert.That(whole.GetProperty("event").GetProperty("data").Number("number"), Is.EqualTo(2));
    }

    [Test]
    public async Task Later_events_of_the_same_key_wait_in_order_while_other_keys_go_on()
    {
        await using var app = await StartWithDeadLetter();

        Assert.That(await reader.Received(3), Is.EqualTo([1, 4, 6]), "key b and what was before");
        var letters = await app.Http.DeadLetters("reader");
        Assert.That(letters.Select(l => l.Text("status")), Is.EqualTo(["dead", "parked", "parked"]));
        Assert.That(letters.Select(l => l.GetProperty("event").Number("position")), Is.EqualTo([2, 3, 5]));
        Assert.That(letters.Select(l => l.Text("key")), Is.All.EqualTo("a"));
    }

    [Test]
    public async Task A_retry_delivers_the_letter_and_then_what_waited_behind_it_in_order()
    {
        await using var app = await StartWithDeadLetter();
        indigestible = [];

        var released = await Retry(app, await DeadId(app));

        Assert.That(released.Number("applied"), Is.EqualTo(3));
        Assert.That((await reader.Numbers()).Where(number => number is 2 or 3 or 5), Is.EqualTo([2, 3, 5]));
        Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
        await publisher.Publish(new Happened("a", 7));
        Assert.That((await reader.Received(7))[^1], Is.EqualTo(7), "the key is free again");
    }

    [Test]
    public async Task A_retry_that_fails_again_stays_dead_and_its_followers_stay_parked()
    {
        await using var app = await StartWithDeadLetter();

        var released = await Retry(app, await DeadId(app));

        Assert.That(released.Number("applied"), Is.Zero);
        Assert.That(released.GetProperty("stoppedBy").Number("attempts"), Is.EqualTo(4));
        Assert.That((await app.Http.DeadLetters("reader")).Select(l => l.Text("status")), Is.EqualTo(["dead", "parked", "parked"]));
    }

    [Test]
    public async Task A_retry_stops_at_the_follower_that_fails()
    {
        await using var app = await StartWithDeadLetter();
        indigestible = [3];

        var released = await Retry(app, await DeadId(app));

        Assert.That(released.Number("applied"), Is.EqualTo(1));
        var letters = await app.Http.DeadLetters("reader");
        Assert.That(letters.Select(l => l.Text("status")), Is.EqualTo(["dead", "parked"]));
        Assert.That(letters[0].Text("error"), Does.Contain("Cannot digest 3."));
    }

    [Test]
    public async Task Discarding_needs_a_reason_keeps_it_and_delivers_what_waited()
    {
        await using var app = await StartWithDeadLetter();
        var id = await DeadId(app);

        var without = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{id}/discard", new { });
        var with = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{id}/discard", new { reason = "Wrong by law." });

        without.Expect(HttpStatusCode.BadRequest);
        Assert.That(without.Body.GetProperty("errors").TryGetProperty("reason", out _), Is.True);
        Assert.That(with.Body.Number("applied"), Is.EqualTo(2));
        Assert.That((await reader.Numbers()).Where(number => number is 2 or 3 or 5), Is.EqualTo([3, 5]));
        var kept = (await app.Http.DeadLetters("reader")).Single();
        Assert.That(kept.Text("status"), Is.EqualTo("discarded"));
        Assert.That(kept.Text("reason"), Is.EqualTo("Wrong by law."));
    }

    [Test]
    public async Task Letters_that_cannot_be_retried_or_discarded_are_refused()
    {
        await using var app = await StartWithDeadLetter();
        var parked = (await app.Http.DeadLetters("reader")).First(l => l.Text("status") == "parked").Number("id");

        var retriedParked = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{parked}/retry");
        var discardedParked = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{parked}/discard", new { reason = "x" });
        var retriedNothing = await app.Http.Post("/admin/v1/modules/reader/dead-letters/4711/retry");

        retriedParked.Expect(HttpStatusCode.Conflict);
        discardedParked.Expect(HttpStatusCode.Conflict);
        retriedNothing.Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task An_unknown_version_of_a_known_event_goes_to_the_dead_letters_at_once()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new HappenedOtherwise("a", "slowly"), new Happened("a", 2), new Happened("b", 3)]);

        var letters = await app.Http.WaitForDeadLetters("reader", 2);

        Assert.That(letters[0].Text("error"), Does.Contain("version 2").And.Contain("knows version 1"));
        Assert.That(letters[0].GetProperty("event").GetProperty("data").Text("manner"), Is.EqualTo("slowly"), "nothing of it is lost");
        Assert.That(letters[1].Text("status"), Is.EqualTo("parked"));
        Assert.That(await reader.Received(1), Is.EqualTo([3]));
    }

    private async Task<TestApplication> StartWithDeadLetter()
    {
        indigestible = [2];
        var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([
            new Happened("a", 1),
            new Happened("a", 2),
            new Happened("a", 3),
            new Happened("b", 4),
            new Happened("a", 5),
            new Happened("b", 6),
        ]);
        await app.Http.WaitForDeadLetters("reader", 3);
        await app.CaughtUp(allowDeadLetters: true);
        return app;
    }

    private static async Task<long> DeadId(TestApplication app) =>
        (await app.Http.DeadLetters("reader")).Single(letter => letter.Text("status") == "dead").Number("id");

    private static async Task<JsonElement> Retry(TestApplication app, long id)
    {
        var answer = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{id}/retry");
        answer.Expect(HttpStatusCode.OK);
        return answer.Body;
    }
}
