namespace ModularShop.Kernel.Events;

/// <summary>
/// The time up to which a subscription has applied all events of its source. The pump writes it; commands read it on any thread. It is
/// a time and not a number of events, because the limit is on how long a change of the source may go unseen.
/// </summary>
internal sealed class Freshness(TimeProvider clock)
{
    private const long Never = long.MinValue;
    private const long Now = long.MaxValue;

    private long asOf = Never;
    private TaskCompletionSource? changed;

    // The last position that the source had at a moment. Once it is applied, the subscription is current as of that moment.
    private (long Position, long Moment) goal;

    /// <summary>Completes when the subscription may have become current enough for a limit.</summary>
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

    /// <summary>How long ago the source was as the subscription has applied it; null when it is not followed.</summary>
    public TimeSpan? Age =>
        Volatile.Read(ref asOf) is var seen && seen is Now ? TimeSpan.Zero
        : seen is Never ? null
        : clock.GetElapsedTime(seen);

    /// <summary>Marks the source as no longer followed.</summary>
    public void Lose() => Volatile.Write(ref asOf, Never);

    /// <summary>Marks the source as followed from now on, with the last position that it has.</summary>
    public void Begin(long last)
    {
        Lose();
        goal = (last, clock.GetTimestamp());
    }

    /// <summary>
    /// Records that all events up to a position are applied, while the source has events up to <paramref name="last"/>.
    /// </summary>
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

    /// <summary>Records that there are new events to apply.</summary>
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
