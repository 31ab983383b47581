using System.Collections.Concurrent;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class DeliveryTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Events_arrive_in_the_order_of_the_log()
    {
        await using var app = await TestApplication.Start(publisher, reader);

        foreach (var number in Enumerable.Range(1, 40))
        {
            await publisher.Publish([new Happened($"key {number % 3}", number), new Unnoticed("nobody cares")]);
        }

        Assert.That(await reader.Received(40), Is.EqualTo(Enumerable.Range(1, 40)));
        await app.CaughtUp();
        var subscription = await app.Http.Subscription("reader", "publisher");
        Assert.That(subscription.Number("position"), Is.EqualTo(80), "what nobody handles is skipped, not waited for");
    }

    [Test]
    public async Task Each_event_takes_effect_once_whatever_restarts_come_between()
    {
        for (var start = 0; start < 4; start++)
        {
            await using var app = await TestApplication.Start([publisher, reader], directory);
            // The last events are not delivered yet when the application stops.
            await publisher.Publish([.. Enumerable.Range(start * 20 + 1, 20).Select(number => new Happened("key", number))]);
        }
        await using var last = await TestApplication.Start([publisher, reader], directory);

        await last.CaughtUp();

        Assert.That(await reader.Numbers(), Is.EqualTo(Enumerable.Range(1, 80)));
    }

    [Test]
    public async Task A_new_subscriber_catches_up_on_history_and_goes_on_live()
    {
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        }
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await reader.Received(2);

        await publisher.Publish(new Happened("key", 3));
        await reader.Received(3);

        var receipts = await reader.Receipts();
        Assert.That(receipts.Select(receipt => receipt.Position), Is.EqualTo([1, 2, 3]));
        Assert.That(receipts.Select(receipt => receipt.IsReplay), Is.EqualTo([true, true, false]));
    }

    [Test]
    public async Task History_stays_history_when_the_catch_up_is_interrupted()
    {
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        }
        reader.WhenHappened = (happened, _, ct) => happened.Number == 2 ? Task.Delay(Timeout.Infinite, ct) : Task.CompletedTask;
        var oneByOne = new Dictionary<string, string?> { ["Kernel:Delivery:BatchSize"] = "1" };
        await using (await TestApplication.Start([publisher, reader], directory, oneByOne))
        {
            await reader.Received(1);
        }
        reader.WhenHappened = (_, _, _) => Task.CompletedTask;
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await reader.Received(2);

        Assert.That((await reader.Receipts()).Select(receipt => receipt.IsReplay), Is.EqualTo([true, true]));
    }

    [Test]
    public async Task A_subscriber_that_starts_from_now_gets_what_comes_next()
    {
        var newcomer = new FixtureModule("newcomer") { BeginsAt = StartFrom.Now };
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish(new Happened("key", 1));
        }
        await using var app = await TestApplication.Start([publisher, newcomer], directory);
        await app.Http.WaitForState("newcomer", "publisher", "running");

        await publisher.Publish(new Happened("key", 2));

        Assert.That(await newcomer.Received(1), Is.EqualTo([2]));
        Assert.That((await newcomer.Receipts()).Single().IsReplay, Is.False);
    }

    [Test]
    public async Task A_subscriber_waits_for_a_source_that_is_not_there_yet()
    {
        await using (await TestApplication.Start([reader], directory))
        {
            // The subscriber runs without its source.
        }
        await using var app = await TestApplication.Start([publisher, reader], directory);

        await publisher.Publish(new Happened("key", 1));

        Assert.That(await reader.Received(1), Is.EqualTo([1]));
    }

    [Test]
    public async Task A_subscriber_goes_on_when_its_source_restarts()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish(new Happened("key", 1));
        await reader.Received(1);

        await app.Http.Post("/admin/v1/modules/publisher/restart");
        await publisher.Publish(new Happened("key", 2));

        Assert.That(await reader.Received(2), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task Events_before_one_that_fails_take_effect_once_though_they_are_applied_again()
    {
        var calls = new ConcurrentQueue<int>();
        reader.WhenHappened = (happened, _, _) =>
        {
            calls.Enqueue(happened.Number);
            return happened.Number == 3 ? throw new InvalidOperationException("Not this one.") : Task.CompletedTask;
        };
        await using var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);

        await publisher.Publish([.. Enumerable.Range(1, 4).Select(number => new Happened($"key {number}", number))]);

        Assert.That(await reader.Received(3), Is.EqualTo([1, 2, 4]));
        Assert.That(calls.Count(number => number == 3), Is.EqualTo(3), "as many attempts as are to be made");
        Assert.That((await app.Http.DeadLetters("reader")).Single().Text("key"), Is.EqualTo("key 3"));
    }

    [Test]
    public async Task A_batch_whose_time_ends_before_the_failed_event_skips_no_event()
    {
        var clock = new MovedClock();
        var calls = new ConcurrentQueue<int>();
        reader.WhenHappened = (happened, _, _) =>
        {
            calls.Enqueue(happened.Number);
            if (happened.Number == 4)
            {
                throw new InvalidOperationException("Not this one.");
            }
            if (happened.Number == 2 && calls.Count(number => number == 2) == 2)
            {
                clock.Move(TimeSpan.FromSeconds(6));
            }
            return Task.CompletedTask;
        };
        var once = new Dictionary<string, string?> { ["Kernel:Delivery:MaxAttempts"] = "1", ["Kernel:Delivery:MaxBatchTime"] = "00:00:05" };
        await using var app = await TestApplication.Start([publisher, reader], directory, once, clock: clock);

        await publisher.Publish([.. Enumerable.Range(1, 5).Select(number => new Happened($"key {number}", number))]);

        Assert.That(await reader.Received(4), Is.EqualTo([1, 2, 3, 5]));
    }
}
