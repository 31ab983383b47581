using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>
/// Measures the time from the commit of an event by its publisher to the commit of its effect by a subscriber. Each
/// module's part is called by that module's writer alone.
/// </summary>
internal sealed class Stopwatches(string publisher, IReadOnlyList<string> subscribers)
{
    private const int Capacity = 1_000_000;

    private readonly long[] committed = new long[Capacity];
    private readonly Dictionary<string, Applied> applied = subscribers.ToDictionary(name => name, _ => new Applied());
    private volatile bool measuring;
    private long last;
    private long appended;

    public void Reach(string module, FaultPoint point)
    {
        if (module == publisher && point is FaultPoint.AfterAppend)
        {
            appended++;
        }
        else if (module == publisher && point is FaultPoint.AfterCommit)
        {
            for (var now = TimeProvider.System.GetTimestamp(); appended > 0; appended--)
            {
                committed[++last] = now;
            }
        }
        else if (point is FaultPoint.AfterCommit && applied.TryGetValue(module, out var events))
        {
            events.Committed(committed, measuring);
        }
    }

    public void Applying(string module, long position)
    {
        if (applied.TryGetValue(module, out var events))
        {
            events.Uncommitted.Add(position);
        }
    }

    public void Begin() => measuring = true;

    /// <summary>Milliseconds of each event that was applied since the beginning, of all watched subscribers.</summary>
    public IReadOnlyList<double> End()
    {
        measuring = false;
        return [.. applied.Values.SelectMany(events => events.Taken())];
    }

    private sealed class Applied
    {
        private readonly List<double> milliseconds = [];

        public List<long> Uncommitted { get; } = [];

        public void Committed(long[] committed, bool measuring)
        {
            lock (milliseconds)
            {
                if (measuring)
                {
                    milliseconds.AddRange(
                        Uncommitted.Select(position => TimeProvider.System.GetElapsedTime(committed[position]).TotalMilliseconds)
                    );
                }
            }
            Uncommitted.Clear();
        }

        public IReadOnlyList<double> Taken()
        {
            lock (milliseconds)
            {
                return [.. milliseconds];
            }
        }
    }
}
