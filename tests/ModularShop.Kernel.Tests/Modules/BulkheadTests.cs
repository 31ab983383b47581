using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>A reaction that behaves badly affects its own module only.</summary>
internal sealed class BulkheadTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule ill = new("ill");
    private readonly FixtureModule healthy = new("healthy");

    [Test]
    public async Task Reactions_that_block_their_threads_delay_neither_the_publisher_nor_other_subscribers()
    {
        using var never = new ManualResetEvent(false);
        var blocked = Enumerable.Range(1, 12).Select(number => new FixtureModule($"ill-{number}")).ToList();
        foreach (var module in blocked)
        {
            module.WhenHappened = (_, _, _) => Task.FromResult(never.WaitOne());
        }
        await using var app = await TestApplication.Start([publisher, healthy, .. blocked]);
        try
        {
            await PublishEach(Enumerable.Range(1, 40));

            Assert.That(await healthy.Received(40), Is.EqualTo(Enumerable.Range(1, 40)));
            foreach (var module in blocked)
            {
                Assert.That(await module.Numbers(), Is.Empty);
            }
        }
        finally
        {
            never.Set();
        }
    }

    [Test]
    public async Task A_reaction_that_blocks_is_ended_at_the_deadline_and_its_event_becomes_a_dead_letter()
    {
        var clock = new MovedClock();
        using var entered = new SemaphoreSlim(0);
        ill.WhenHappened = (happened, _, ct) =>
        {
            if (happened.Subject != "endless")
            {
                return Task.CompletedTask;
            }
            entered.Release();
            return Task.Delay(Timeout.Infinite, ct);
        };
        await using var app = await TestApplication.Start(
            [publisher, ill, healthy],
            directory: null,
            Settings.ImpatientRetries,
            clock: clock
        );

        await publisher.Publish([new Happened("before", 1), new Happened("endless", 2), new Happened("after", 3)]);
        Assert.That(await healthy.Received(3), Is.EqualTo([1, 2, 3]));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await entered.WaitAsync();
            clock.Move(2 * new WriterOptions().UnitDeadline);
        }

        Assert.That(await ill.Received(2), Is.EqualTo([1, 3]));
        var letters = await app.Http.WaitForDeadLetters("ill", 1);
        Assert.That(letters[0].Text("error"), Does.Contain("longer than"));
        Assert.That(letters[0].Number("attempts"), Is.EqualTo(3));
    }

    [Test]
    public async Task A_reaction_that_always_throws_makes_dead_letters_and_delays_no_other_subscriber()
    {
        ill.WhenHappened = (_, _, _) => throw new InvalidOperationException("It never works.");
        await using var app = await TestApplication.Start([publisher, ill, healthy], directory: null, Settings.ImpatientRetries);

        await PublishEach(Enumerable.Range(1, 20));

        Assert.That(await healthy.Received(20), Is.EqualTo(Enumerable.Range(1, 20)));
        var letters = await app.Http.WaitForDeadLetters("ill", 20);
        Assert.That(letters.Select(letter => letter.Text("status")), Is.All.EqualTo("dead"));
        Assert.That(letters.Select(letter => letter.Text("key")), Is.Unique);
        await app.CaughtUp(allowDeadLetters: true);
        Assert.That(await ill.Numbers(), Is.Empty);
        Assert.That(await app.Http.DeadLetters("healthy"), Is.Empty);
    }

    [Test]
    public async Task A_slow_subscriber_lags_alone_and_catches_up()
    {
        using var pace = new SemaphoreSlim(0);
        ill.WhenHappened = (_, _, ct) => pace.WaitAsync(ct);
        await using var app = await TestApplication.Start(publisher, ill, healthy);

        foreach (var hundred in Enumerable.Range(0, 3))
        {
            await PublishEach(Enumerable.Range(hundred * 100 + 1, 100));
            await healthy.Received((hundred + 1) * 100);
            pace.Release();
        }
        await Eventually.Get(() => app.Http.Subscription("healthy", "publisher"), s => s.Number("lag") == 0);

        Assert.That((await app.Http.Subscription("ill", "publisher")).Number("lag"), Is.GreaterThanOrEqualTo(297));
        pace.Release(297);
        Assert.That(await ill.Received(300), Is.EqualTo(Enumerable.Range(1, 300)));
    }

    // Memory is measured for the whole process, so no other test may run at the same time.
    [Test, NonParallelizable]
    public async Task Events_that_a_blocked_subscriber_has_not_read_take_no_memory()
    {
        const int Events = 20_000;
        const int Batch = 200;
        const long Bound = 64 * 1024 * 1024;
        using var never = new ManualResetEvent(false);
        ill.WhenHappened = (_, _, _) => Task.FromResult(never.WaitOne());
        await using var app = await TestApplication.Start(publisher, ill, healthy);
        try
        {
            await publisher.Publish(new Happened("first", 1));
            await healthy.Received(1);
            var before = GC.GetTotalMemory(forceFullCollection: true);

            var text = new string('x', 4000);
            foreach (var start in Enumerable.Range(0, Events / Batch).Select(batch => batch * Batch))
            {
                await publisher.Publish([.. Enumerable.Range(start, Batch).Select(number => new Unnoticed($"{number} {text}"))]);
            }
            await publisher.Publish(new Happened("last", 2));
            await healthy.Received(2);

            // Stored as strings with two bytes per character, the events alone would exceed the limit twice.
            Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(Bound));
            Assert.That((await app.Http.Subscription("ill", "publisher")).Number("lag"), Is.EqualTo(Events + 2));
        }
        finally
        {
            never.Set();
        }
        Assert.That(await ill.Received(2), Is.EqualTo([1, 2]), "nothing is lost either");
    }

    private async Task PublishEach(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            await publisher.Publish(new Happened($"key {number}", number));
        }
    }
}
