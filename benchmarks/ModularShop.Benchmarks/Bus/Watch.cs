namespace ModularShop.Benchmarks.Bus;

/// <summary>
/// Records when each event was committed by its publisher and its subscriber. Events are counted from 1, by their order's number
/// or by their position in a log. Safe for concurrent use.
/// </summary>
internal sealed class Watch(int capacity)
{
    private readonly Lock gate = new();
    private readonly long[] committed = new long[capacity + 1];
    private readonly long[] applied = new long[capacity + 1];
    private TaskCompletionSource reached = new();
    private long target = long.MaxValue;
    private long count;
    private long pumpStarted;

    /// <summary>How many events the subscriber has applied.</summary>
    public long Count => Interlocked.Read(ref count);

    public void PumpStarts() => pumpStarted = TimeProvider.System.GetTimestamp();

    public void Committed(long number) => Volatile.Write(ref committed[number], TimeProvider.System.GetTimestamp());

    /// <summary>An event that is applied again is not counted.</summary>
    public void Applied(long number)
    {
        var now = TimeProvider.System.GetTimestamp();
        lock (gate)
        {
            if (applied[number] != 0)
            {
                return;
            }
            applied[number] = now;
            if (++count == target)
            {
                reached.SetResult();
            }
        }
    }

    /// <summary>Completes when so many events are applied, counted from the start of the process.</summary>
    public Task WhenApplied(long events)
    {
        lock (gate)
        {
            if (count >= events)
            {
                return Task.CompletedTask;
            }
            target = events;
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return reached.Task;
        }
    }

    /// <summary>From the start of the pump to the last commit of the subscriber so far.</summary>
    public TimeSpan SincePumpStarted() => TimeProvider.System.GetElapsedTime(pumpStarted, applied.Max());

    /// <summary>The time between the two commits of each event. All events must be applied.</summary>
    public IReadOnlyList<double> Milliseconds(long first, long last) =>
        [
            .. Enumerable
                .Range((int)first, (int)(last - first + 1))
                .Select(number => TimeProvider.System.GetElapsedTime(committed[number], applied[number]).TotalMilliseconds),
        ];
}
