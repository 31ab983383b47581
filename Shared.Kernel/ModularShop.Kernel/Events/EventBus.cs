namespace ModularShop.Kernel.Events;

/// <summary>The bus within one process: where each running module's log is found. A log that is not here yet is waited for.</summary>
internal sealed class EventBus
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
            await Task.Yield(); // Who registered the log does not stay to do its subscribers' work.
        }
    }
}
