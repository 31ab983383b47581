namespace ModularShop.Kernel.Storage;

/// <summary>How times are kept in a file: in milliseconds since 1970, UTC.</summary>
public static class StoredTime
{
    /// <summary>
    /// The time as a file gives it back. Times are cut where they enter a module, so that what is compared and answered
    /// is what is stored.
    /// </summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

/// <summary>The clock of a module: another one, cut to what a file can hold.</summary>
internal sealed class MillisecondClock(TimeProvider clock) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => StoredTime.Cut(clock.GetUtcNow());

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
