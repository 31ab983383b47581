namespace ModularShop.Kernel.Events;

/// <summary>
/// The moment up to which a subscription has applied all that its source had. The pump writes it; commands read it on any thread.
/// It is a time and not a number of events, because what matters is how long a change of the source can go unseen.
/// </summary>
internal sealed class Freshness(TimeProvider clock)
{
    private const long Never = long.MinValue;
    private const long Now = long.MaxValue;

    private long asOf = Never;
    private TaskCompletionSource? changed;

    // All that the source had at a moment, which counts once it is applied.
    private (long Position, long Moment) goal;

    /// <summary>Completes when it may be within a limit that it was not within before.</summary>
    public Task Changed
    {
        get
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref changed, fresh, null) ?? fresh).Task;
        }
    }

    public bool IsWithin(TimeSpan limit) =>
        Volatile.Read(ref asOf) is var seen && (seen is Now || (seen is not Never && clock.GetElapsedTime(seen) <= limit));

    /// <summary>The source is not followed any more.</summary>
    public void Lose() => Volatile.Write(ref asOf, Never);

    /// <summary>The source is followed from here on.</summary>
    public void Begin(long last)
    {
        Lose();
        goal = (last, clock.GetTimestamp());
    }

    /// <summary>All events up to a position are applied, of those that the source has by now.</summary>
    public void At(long position, long last)
    {
        if (position >= last)
        {
            Volatile.Write(ref asOf, Now);
        }
        else if (position >= goal.Position)
        {
            Volatile.Write(ref asOf, goal.Moment);
            goal = (last, clock.GetTimestamp());
        }
        Interlocked.Exchange(ref changed, null)?.SetResult();
    }

    /// <summary>There are events to apply.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref asOf) is Now)
        {
            var moment = clock.GetTimestamp();
            goal = (goal.Position, moment);
            Volatile.Write(ref asOf, moment);
        }
    }
}
