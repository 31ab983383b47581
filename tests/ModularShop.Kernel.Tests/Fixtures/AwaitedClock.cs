namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>A clock that a test moves, and that tells when a timer with a certain due time has been created.</summary>
internal sealed class AwaitedClock(TimeSpan awaited) : TimeProvider
{
    private readonly MovedClock clock = new();
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Begun => begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public override long TimestampFrequency => clock.TimestampFrequency;

    public void Move(TimeSpan by) => clock.Move(by);

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime == awaited)
        {
            begun.TrySetResult();
        }
        return timer;
    }
}
