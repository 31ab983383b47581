namespace ModularShop.Kernel.Events;

/// <summary>Where subscribers find the logs of the modules whose events they handle.</summary>
internal interface ILogRegistry
{
    void Register(ILogReader log);

    /// <summary>Removes the log. Does nothing if another log is now registered for its source.</summary>
    void Unregister(ILogReader log);

    /// <summary>The log of a source; null while none is registered.</summary>
    ILogReader? Find(string source);

    /// <summary>The log of a source, as soon as one is registered.</summary>
    Task<ILogReader> WaitFor(string source, CancellationToken ct);
}

/// <summary>The logs of the modules that run in this process.</summary>
internal sealed class LogRegistry : ILogRegistry
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ILogReader> logs = [];
    private TaskCompletionSource changed = new();

    public void Register(ILogReader log)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            logs[log.Source] = log;
            wake = changed;
            changed = new();
        }
        wake.SetResult();
    }

    public void Unregister(ILogReader log)
    {
        lock (gate)
        {
            if (logs.GetValueOrDefault(log.Source) == log)
            {
                logs.Remove(log.Source);
            }
        }
    }

    public ILogReader? Find(string source)
    {
        lock (gate)
        {
            return logs.GetValueOrDefault(source);
        }
    }

    public async Task<ILogReader> WaitFor(string source, CancellationToken ct)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (logs.TryGetValue(source, out var log))
                {
                    return log;
                }
                signal = changed.Task;
            }
            await signal.WaitAsync(ct);
            await Task.Yield(); // The caller that registers the log must not run the subscribers' continuations.
        }
    }
}
