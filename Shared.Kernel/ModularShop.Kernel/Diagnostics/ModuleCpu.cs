namespace ModularShop.Kernel.Diagnostics;

/// <summary>
/// The processor time of a module's code on threads that modules share. It is counted only while somebody observes the process: otherwise
/// a part of the code costs the reading of one field.
/// </summary>
internal sealed class ModuleCpu
{
    private static int observers;

    private long ticks;

    /// <summary>What was counted so far. Parts that have not ended are not in it.</summary>
    public TimeSpan Counted => new(Interlocked.Read(ref ticks));

    /// <summary>Counts from now on, in all modules of the process, until the result is disposed of.</summary>
    public static IDisposable Observe()
    {
        Interlocked.Increment(ref observers);
        return new Observer();
    }

    /// <summary>Begins a part of the module's code that runs on the calling thread without a wait, and ends it on the same thread.</summary>
    public Part Begin() => new(this, Volatile.Read(ref observers) > 0 && ThreadTime.IsKnown ? ThreadTime.Now : 0);

    internal readonly struct Part(ModuleCpu cpu, long begun) : IDisposable
    {
        public void Dispose()
        {
            if (begun > 0)
            {
                Interlocked.Add(ref cpu.ticks, ThreadTime.Now - begun);
            }
        }
    }

    private sealed class Observer : IDisposable
    {
        private int isEnded;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isEnded, 1) == 0)
            {
                Interlocked.Decrement(ref observers);
            }
        }
    }
}
