namespace ModularShop.Simulation.Tests;

/// <summary>Time that passes only when the simulation advances it.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Alarm> alarms = [];
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + elapsed;

    public override long GetTimestamp() => elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Advances to the next timer and fires it; false when there is none.</summary>
    public bool AdvanceToNext()
    {
        var next = alarms.MinBy(alarm => alarm.Due);
        if (next is null)
        {
            return false;
        }
        Advance(next.Due > elapsed ? next.Due - elapsed : TimeSpan.Zero);
        return true;
    }

    public void Advance(TimeSpan time)
    {
        elapsed += time;
        while (alarms.Where(alarm => alarm.Due <= elapsed).MinBy(alarm => alarm.Due) is { } due)
        {
            alarms.Remove(due);
            due.Ring();
        }
    }

    // Periodic timers are not simulated, as the kernel uses none here.
    private sealed class Alarm(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.alarms.Remove(this);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Due = clock.elapsed + dueTime;
                clock.alarms.Add(this);
            }
            return true;
        }

        public void Dispose() => clock.alarms.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
