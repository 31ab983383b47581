using System.Collections.Concurrent;
using System.Net;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class RebuildTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly FixtureModule other = new("other");

    [Test]
    public async Task A_rebuild_replays_all_history_to_the_same_state()
    {
        await using var app = await TestApplication.Start(publisher, reader, other);
        await publisher.Publish([.. Enumerable.Range(1, 30).Select(number => new Happened($"key {number % 4}", number))]);
        await reader.Received(30);
        var before = await reader.Receipts();

        var answer = await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await reader.Received(30);
        await app.CaughtUp();

        answer.Expect(HttpStatusCode.Accepted);
        var after = await reader.Receipts();
        Assert.That(
            after.Select(r => (r.Position, r.Subject, r.Number)),
            Is.EqualTo(before.Select(r => (r.Position, r.Subject, r.Number)))
        );
        Assert.That(after.Select(r => r.IsReplay), Is.All.True);
        Assert.That(after[0].Id, Is.GreaterThan(before[^1].Id), "they are new rows");
    }

    [Test]
    public async Task Clearing_may_take_longer_than_any_other_unit_of_work()
    {
        var clock = new MovedClock();
        reader.WhenClearing = ct =>
        {
            clock.Move(2 * new WriterOptions().UnitDeadline);
            ct.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        };
        await using var app = await TestApplication.Start([publisher, reader], directory: null, clock: clock);
        await publisher.Publish(new Happened("key", 1));
        await reader.Received(1);

        var answer = await app.Http.Post("/admin/v1/modules/reader/rebuild");

        answer.Expect(HttpStatusCode.Accepted);
        Assert.That(await reader.Received(1), Is.EqualTo([1]));
    }

    [Test]
    public async Task An_event_happened_at_the_same_time_live_and_in_a_rebuild()
    {
        var times = new ConcurrentQueue<(int Number, DateTimeOffset OccurredAt)>();
        reader.WhenHappened = (happened, context, _) =>
        {
            times.Enqueue((happened.Number, context.OccurredAt));
            return Task.CompletedTask;
        };
        // The second event replaces the first in memory, so the rebuild must read the first from the file.
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:TailEvents"] = "1" };
        await using var app = await TestApplication.Start([publisher, reader], directory: null, settings);
        await publisher.Publish(new Happened("key", 1));
        await reader.Received(1);
        await publisher.Publish(new Happened("key", 2));
        await reader.Received(2);

        var answer = await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await Eventually.True(() => times.Count == 4);

        Assert.That(times.Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task Others_run_while_one_is_rebuilt_and_its_progress_shows()
    {
        await using var app = await TestApplication.Start(publisher, reader, other);
        await publisher.Publish([.. Enumerable.Range(1, 30).Select(number => new Happened("key", number))]);
        await reader.Received(30);
        var gate = new TaskCompletionSource();
        reader.WhenHappened = (_, _, ct) => gate.Task.WaitAsync(ct);

        var answer = await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await publisher.Publish(new Happened("key", 31));

        Assert.That((await other.Received(31))[^1], Is.EqualTo(31));
        Assert.That((await app.Http.Subscription("reader", "publisher")).Number("lag"), Is.EqualTo(31));
        gate.SetResult();
        Assert.That(await reader.Received(31), Is.EqualTo(Enumerable.Range(1, 31)));
        await publisher.Publish(new Happened("key", 32));
        await reader.Received(32);
        Assert.That((await reader.Receipts())[^1].IsReplay, Is.False, "what comes afterwards is live");
    }

    [Test]
    public async Task A_module_with_data_of_its_own_refuses_to_be_rebuilt()
    {
        await using var app = await TestApplication.Start(publisher, other);
        await publisher.Publish(new Happened("key", 1));
        await other.Received(1);

        var answer = await app.Http.Post("/admin/v1/modules/other/rebuild");

        answer.Expect(HttpStatusCode.Conflict);
        Assert.That(answer.Body.Text("detail"), Does.Contain("cannot be rebuilt"));
        Assert.That(await other.Numbers(), Is.EqualTo([1]));
    }

    [Test]
    public async Task A_rebuild_delivers_what_was_dead_again_but_not_what_was_discarded()
    {
        var fails = true;
        reader.WhenHappened = (happened, _, _) =>
            fails && happened.Number > 1 ? throw new InvalidOperationException("Not now.") : Task.CompletedTask;
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Happened("a", 1), new Happened("b", 2), new Happened("c", 3)]);
        var letters = await app.Http.WaitForDeadLetters("reader", 2);
        await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letters[0].Number("id")}/discard", new { reason = "Never mind." });
        fails = false;

        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp();

        Assert.That(await reader.Received(2), Is.EqualTo([1, 3]));
        Assert.That((await app.Http.DeadLetters("reader")).Select(letter => letter.Text("status")), Is.EqualTo(["discarded"]));
    }

    [Test]
    public async Task A_module_that_starts_from_now_cannot_claim_to_be_rebuildable()
    {
        await using var app = await TestApplication.Start(new RebuildableModule("reader") { BeginsAt = StartFrom.Now });

        Assert.That(app.Quarantined["reader"], Does.Contain("no history to be rebuilt from"));
    }
}
