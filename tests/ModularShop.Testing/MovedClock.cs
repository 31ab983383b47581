namespace ModularShop.Testing;

/// <summary>
/// The system's clock, which a test can move forward. Timers that are due then elapse before <see cref="Move"/> returns. Time also
/// passes as usual, so that the rest of an application works.
/// </summary>
public sealed class MovedClock : TimeProvider
{
    private readonly Lock sync = new();
    private readonly HashSet<MovedTimer> timers = [];
    private long moved; // In ticks.

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref moved));

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref moved);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new MovedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward.</summary>
    public void Move(TimeSpan by)
    {
        MovedTimer[] all;
        lock (sync)
        {
            moved += by.Ticks;
            all = [.. timers];
        }
        foreach (var timer in all)
        {
            timer.Advance(by);
        }
    }

    private sealed class MovedTimer : ITimer
    {
        private readonly MovedClock clock;
        private readonly Action callback;
        private readonly ITimer timer;
        private readonly Lock sync = new();
        private TimeSpan period;
        private long? dueAt;

        public MovedTimer(MovedClock clock, Action callback)
        {
            (this.clock, this.callback) = (clock, callback);
            timer = System.CreateTimer(_ => Elapse(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lock (clock.sync)
            {
                clock.timers.Add(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (sync)
            {
                this.period = period;
                dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetTimestamp() + dueTime.Ticks;
                return timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }

        public void Advance(TimeSpan by)
        {
            lock (sync)
            {
                if (dueAt is not { } due)
                {
                    return;
                }
                var remaining = TimeSpan.FromTicks(due - clock.GetTimestamp());
                if (remaining > TimeSpan.Zero)
                {
                    timer.Change(remaining, Timeout.InfiniteTimeSpan);
                    return;
                }
            }
            Elapse();
        }

        public void Dispose()
        {
            lock (clock.sync)
            {
                clock.timers.Remove(this);
            }
            lock (sync)
            {
                dueAt = null;
                timer.Dispose();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Elapse()
        {
            lock (sync)
            {
                if (dueAt is null)
                {
                    return;
                }
                dueAt = null;
            }
            if (period > TimeSpan.Zero)
            {
                Change(period, period);
            }
            callback();
        }
    }
}
