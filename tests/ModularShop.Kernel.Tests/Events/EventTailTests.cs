using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class EventTailTests
{
    private readonly EventTail tail = new(lastPosition: 10, maxEvents: 3, maxBytes: 100);

    [Test]
    public void It_holds_nothing_of_what_was_there_before()
    {
        Assert.That(tail.LastPosition, Is.EqualTo(10));
        Assert.That(tail.After(10, max: 5), Is.Empty);
        Assert.That(tail.After(9, max: 5), Is.Null, "the file has it");
    }

    [Test]
    public void It_gives_what_comes_after_a_position_up_to_a_limit()
    {
        tail.Push([At(11), At(12), At(13)]);

        Assert.That(Positions(tail.After(10, max: 5)), Is.EqualTo([11, 12, 13]));
        Assert.That(Positions(tail.After(11, max: 5)), Is.EqualTo([12, 13]));
        Assert.That(Positions(tail.After(10, max: 2)), Is.EqualTo([11, 12]));
        Assert.That(tail.After(13, max: 5), Is.Empty);
    }

    [Test]
    public void The_oldest_leave_when_there_are_too_many()
    {
        tail.Push([At(11), At(12), At(13), At(14), At(15)]);

        Assert.That(tail.After(11, max: 5), Is.Null);
        Assert.That(Positions(tail.After(12, max: 5)), Is.EqualTo([13, 14, 15]));
    }

    [Test]
    public void The_oldest_leave_when_they_are_too_large()
    {
        tail.Push([At(11, size: 60), At(12, size: 60)]);

        Assert.That(tail.After(10, max: 5), Is.Null);
        Assert.That(Positions(tail.After(11, max: 5)), Is.EqualTo([12]));
    }

    [Test]
    public void The_newest_stays_however_large()
    {
        tail.Push([At(11), At(12, size: 500)]);

        Assert.That(Positions(tail.After(11, max: 5)), Is.EqualTo([12]));
    }

    [Test]
    public void Events_that_leave_the_memory_make_room_in_bytes()
    {
        tail.Push([At(11, size: 90), At(12, size: 90), At(13, size: 5), At(14, size: 5)]);

        Assert.That(Positions(tail.After(11, max: 5)), Is.EqualTo([12, 13, 14]));
    }

    [Test]
    public void Events_that_were_not_pushed_are_read_from_the_file()
    {
        tail.Push([At(11)]);
        tail.Push([At(14)]);

        Assert.That(tail.After(10, max: 5), Is.Null);
        Assert.That(tail.After(12, max: 5), Is.Null);
        Assert.That(Positions(tail.After(13, max: 5)), Is.EqualTo([14]));
    }

    [Test]
    public void A_position_is_not_pushed_twice()
    {
        tail.Push([At(11)]);

        Assert.That(() => tail.Push([At(11)]), Throws.InvalidOperationException);
    }

    [Test]
    public async Task A_push_wakes_all_who_wait_for_something_newer()
    {
        var waiting = new[] { tail.WaitAfter(10, default), tail.WaitAfter(10, default) };
        Assert.That(waiting.Any(task => task.IsCompleted), Is.False);

        tail.Push([At(11)]);

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(tail.WaitAfter(10, default).IsCompletedSuccessfully, Is.True);
        Assert.That(tail.WaitAfter(11, default).IsCompleted, Is.False);
    }

    [Test]
    public async Task A_waiting_reader_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = tail.WaitAfter(10, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThatAsync(() => waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Closing_wakes_all_with_the_news_and_refuses_newcomers()
    {
        var waitingForEvents = tail.WaitAfter(10, default);
        var waitingForTheEnd = tail.WaitUntilClosed(default);

        tail.Close();

        await Assert.ThatAsync(() => waitingForEvents, Throws.TypeOf<LogClosedException>());
        await Assert.ThatAsync(() => waitingForTheEnd, Throws.TypeOf<LogClosedException>());
        await Assert.ThatAsync(() => tail.WaitAfter(10, default), Throws.TypeOf<LogClosedException>());
    }

    private static IEnumerable<long>? Positions(IReadOnlyList<Envelope>? events) => events?.Select(e => e.Position);

    private static Envelope At(long position, int size = 1) => Envelopes.At(position, new string('x', size));
}
