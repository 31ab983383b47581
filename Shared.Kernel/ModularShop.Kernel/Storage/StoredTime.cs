namespace ModularShop.Kernel.Storage;

/// <summary>How files store times: as milliseconds since 1970, UTC.</summary>
public static class StoredTime
{
    /// <summary>
    /// Cuts a time to the precision of the file. Times are cut where they enter a module, so that compared and returned times equal the
    /// stored ones.
    /// </summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

/// <summary>The clock of a module: another clock, cut to the precision of a file.</summary>
internal sealed class MillisecondClock(TimeProvider clock) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => StoredTime.Cut(clock.GetUtcNow());

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
