using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>The pumps of a module's subscriptions, which start, stop and pause together.</summary>
internal sealed class Pumps(
    Subscriptions subscriptions,
    Func<Subscription, Pump> newPump,
    DeadLetterRetries deadLetters,
    SubscriptionNotices notices
) : IDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    public async Task Start(CancellationToken ct)
    {
        notices.Collect();
        foreach (var subscription in subscriptions.All)
        {
            subscription.Load();
        }
        await deadLetters.ReleaseUnblocked(ct);
        StartAll();
    }

    /// <summary>Stops for good. Cancels the work of a pause; the writer, which stops next, rolls it back.</summary>
    public async Task Stop()
    {
        ending.Cancel();
        await changing.WaitAsync();
        try
        {
            await StopAll();
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Runs the work while no pump runs, and no other work of a pause.</summary>
    /// <exception cref="ModuleStoppingException">The module stopped in the meantime. The work did not run, or was cancelled.</exception>
    public async Task Pause(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        if (ending.IsCancellationRequested)
        {
            throw new ModuleStoppingException();
        }
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(ct, ending.Token);
        await changing.WaitAsync(ct);
        try
        {
            giveUp.Token.ThrowIfCancellationRequested();
            await StopAll();
            try
            {
                await work(giveUp.Token);
            }
            finally
            {
                if (!ending.IsCancellationRequested)
                {
                    StartAll();
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            throw new ModuleStoppingException();
        }
        finally
        {
            changing.Release();
        }
    }

    public void Dispose()
    {
        stopping.Dispose();
        ending.Dispose();
        changing.Dispose();
    }

    private async Task StopAll()
    {
        stopping.Cancel();
        await running;
    }

    // A new pump each time: it counts attempts anew.
    private void StartAll()
    {
        stopping.Dispose();
        stopping = new CancellationTokenSource();
        var token = stopping.Token;
        running = Task.WhenAll(subscriptions.All.Select(newPump).Select(pump => Detached.Run(() => pump.Run(token))));
    }
}
