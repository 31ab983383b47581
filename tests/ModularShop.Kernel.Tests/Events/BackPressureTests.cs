using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class BackPressureTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule slow = new("slow");
    private readonly FixtureModule quick = new("quick");

    [Test]
    public async Task A_slow_subscriber_delays_neither_the_publisher_nor_another_subscriber()
    {
        var gate = new TaskCompletionSource();
        slow.WhenHappened = (_, _, ct) => gate.Task.WaitAsync(ct);
        await using var app = await TestApplication.Start(publisher, slow, quick);

        for (var number = 1; number <= 20; number++)
        {
            await publisher.Publish(new Happened("key", number));
        }

        Assert.That(await quick.Received(20), Is.EqualTo(Enumerable.Range(1, 20)));
        Assert.That(await slow.Numbers(), Is.Empty);
        Assert.That((await app.Http.Subscription("slow", "publisher")).Number("lag"), Is.EqualTo(20));
        gate.SetResult();
        Assert.That(await slow.Received(20), Is.EqualTo(Enumerable.Range(1, 20)));
    }

    [Test]
    public async Task A_failing_subscriber_delays_neither_the_publisher_nor_another_subscriber()
    {
        slow.WhenHappened = (_, _, _) => throw new InvalidOperationException("It never works.");
        await using var app = await TestApplication.Start(publisher, slow, quick);

        for (var number = 1; number <= 20; number++)
        {
            await publisher.Publish(new Happened("key", number));
        }

        Assert.That(await quick.Received(20), Is.EqualTo(Enumerable.Range(1, 20)));
    }

    [Test]
    public async Task A_subscriber_that_lags_beyond_the_memory_reads_the_file_and_misses_nothing()
    {
        var gate = new TaskCompletionSource();
        slow.WhenHappened = (_, _, ct) => gate.Task.WaitAsync(ct);
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:TailEvents"] = "4", ["Kernel:Delivery:BatchSize"] = "3" };
        await using var app = await TestApplication.Start([publisher, slow], directory: null, settings);

        for (var number = 1; number <= 50; number++)
        {
            await publisher.Publish(new Happened($"key {number}", number));
        }
        gate.SetResult();

        Assert.That(await slow.Received(50), Is.EqualTo(Enumerable.Range(1, 50)));
        await publisher.Publish(new Happened("key", 51));
        Assert.That((await slow.Received(51))[^1], Is.EqualTo(51));
    }

    [Test]
    public async Task A_command_does_not_wait_until_a_long_batch_is_over()
    {
        const int events = 100;
        var (begun, isSent, isDone) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        slow.WhenHappened = async (happened, _, ct) =>
        {
            begun.TrySetResult();
            await isSent.Task.WaitAsync(ct);
            // Without the command, the batch does not get to its end.
            await (happened.Number < events ? Task.CompletedTask : isDone.Task.WaitAsync(ct));
        };
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:MaxBatchTime"] = "00:01:00" };
        var clock = new MovedClock();
        await using var app = await TestApplication.Start([publisher, slow], directory: null, settings, clock: clock);
        await publisher.Publish([.. Enumerable.Range(1, events).Select(number => new Happened("key", number))]);
        await begun.Task;

        var command = slow.Writer.Run((_, _) => Task.FromResult(0), default);
        clock.Move(TimeSpan.FromSeconds(1));
        isSent.SetResult();
        await command.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(await slow.Numbers(), Has.Count.InRange(1, events - 1));
        isDone.SetResult();
        Assert.That(await slow.Received(events), Is.EqualTo(Enumerable.Range(1, events)));
    }
}
