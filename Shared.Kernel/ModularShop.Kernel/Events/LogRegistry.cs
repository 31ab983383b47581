namespace ModularShop.Kernel.Events;

/// <summary>Where subscribers find the logs of the modules whose events they handle.</summary>
internal interface ILogRegistry
{
    void Register(ILogReader log);

    /// <summary>Removes the log. Does nothing if it is not registered.</summary>
    void Unregister(ILogReader log);

    /// <summary>The log of a source that was registered last; null while none is registered.</summary>
    ILogReader? Find(string source);

    /// <summary>The log of a source, as soon as one is registered.</summary>
    Task<ILogReader> WaitFor(string source, CancellationToken ct);
}

/// <summary>The logs that subscribers in this process can read.</summary>
internal sealed class LogRegistry : ILogRegistry
{
    private readonly Lock gate = new();

    // While a module moves, its log in this process and the one in the other process may both be registered for a moment.
    private readonly Dictionary<string, List<ILogReader>> logs = [];
    private TaskCompletionSource changed = new();

    public void Register(ILogReader log)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            logs[log.Source] = [.. Of(log.Source), log];
            wake = changed;
            changed = new();
        }
        wake.SetResult();
    }

    public void Unregister(ILogReader log)
    {
        lock (gate)
        {
            logs[log.Source] = [.. Of(log.Source).Where(each => each != log)];
        }
    }

    public ILogReader? Find(string source)
    {
        lock (gate)
        {
            return Of(source).LastOrDefault();
        }
    }

    public async Task<ILogReader> WaitFor(string source, CancellationToken ct)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (Of(source) is [.., var newest])
                {
                    return newest;
                }
                signal = changed.Task;
            }
            await signal.WaitAsync(ct);
            await Task.Yield(); // The caller that registers the log must not run the subscribers' continuations.
        }
    }

    private List<ILogReader> Of(string source) => logs.GetValueOrDefault(source) ?? [];
}
