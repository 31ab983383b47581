namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>What the failing module does in each reaction, command and query.</summary>
internal abstract class Fault(string name)
{
    /// <summary>A reaction then takes a hundred times as long as a healthy one, which takes about 0.2 ms.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(20);

    public string Name => name;

    /// <summary>Creates each fault anew, as it keeps what it blocks on or has leaked.</summary>
    public static IReadOnlyList<Func<Fault>> All { get; } =
    [() => new None(), () => new Blocks(), () => new Throws(), () => new Leaks(), () => new Waits(), () => new Computes()];

    public abstract Task Strike(CancellationToken ct);

    /// <summary>Releases blocked threads, so that later rounds can use them.</summary>
    public virtual void End() { }

    private sealed class None() : Fault("no fault")
    {
        public override Task Strike(CancellationToken ct) => Task.CompletedTask;
    }

    private sealed class Blocks() : Fault("blocks its thread for ever")
    {
        private readonly object gate = new();
        private bool ended;

        public override Task Strike(CancellationToken ct)
        {
            lock (gate)
            {
                while (!ended)
                {
                    Monitor.Wait(gate);
                }
            }
            return Task.CompletedTask;
        }

        public override void End()
        {
            lock (gate)
            {
                ended = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    private sealed class Throws() : Fault("throws always")
    {
        public override Task Strike(CancellationToken ct) => throw new InvalidOperationException("It never works.");
    }

    private sealed class Leaks() : Fault("leaks 16 KiB each time")
    {
        private readonly List<byte[]> kept = [];

        public override Task Strike(CancellationToken ct)
        {
            lock (kept)
            {
                kept.Add(GC.AllocateUninitializedArray<byte>(16 * 1024));
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Waits() : Fault("100 times slower, waiting")
    {
        public override Task Strike(CancellationToken ct) => Task.Delay(Slow, ct);
    }

    private sealed class Computes() : Fault("100 times slower, computing")
    {
        public override Task Strike(CancellationToken ct)
        {
            var started = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(started) < Slow)
            {
                Thread.SpinWait(100);
            }
            return Task.CompletedTask;
        }
    }
}
