using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Clears and replays read copies.</summary>
internal sealed partial class Subscriptions
{
    /// <summary>
    /// Clears one read copy or all read copies of the module, and replays the events that fill them. Other modules, and this module's
    /// other subscriptions, continue meanwhile. Commands that decide on the copy wait until it is complete again.
    /// </summary>
    /// <param name="copy">The name of the read copy; null for all.</param>
    /// <param name="caller">Who requested the rebuild.</param>
    /// <exception cref="ConflictException">
    /// The module has no read copies, or their sources cannot be replayed now. Nothing was cleared.
    /// </exception>
    /// <exception cref="NotFoundException">The module has no read copy with this name.</exception>
    /// <exception cref="ModuleStoppingException">The module stopped in the meantime. Nothing was cleared.</exception>
    public async Task Rebuild(string? copy, Caller caller, CancellationToken ct)
    {
        var rebuilt = copies.Named(copy);
        var sources = All.Where(subscription => rebuilt.Any(copy => copy.Sources.Contains(subscription.Source))).ToList();
        if (ending.IsCancellationRequested)
        {
            throw new ModuleStoppingException();
        }
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(ct, ending.Token);
        await changing.WaitAsync(ct);
        try
        {
            giveUp.Token.ThrowIfCancellationRequested();
            await StopPumps();
            // Marked before the unit of work is queued: a command that runs after it must not decide on the cleared copy. No pump runs
            // that could remove the mark.
            sources.ForEach(subscription => subscription.BeginClearing());
            try
            {
                var replays = await PrepareReplays(sources, giveUp.Token);
                await unitsOfWork.RunBatch(
                    (transaction, token) => Clear(transaction, rebuilt, replays, caller, token),
                    giveUp.Token,
                    options.ClearDeadline
                );
                faults.Reach(FaultPoint.Rebuild);
            }
            finally
            {
                Resume(sources);
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

    private async Task<IReadOnlyList<Replay>> PrepareReplays(List<Subscription> sources, CancellationToken ct)
    {
        var replays = new List<Replay>();
        foreach (var subscription in sources)
        {
            if (await subscription.PrepareReplay(copies, ct) is { } replay)
            {
                replays.Add(replay);
            }
        }
        return replays;
    }

    private void Resume(List<Subscription> cleared)
    {
        try
        {
            cleared.ForEach(subscription => subscription.EndClearing());
        }
        finally
        {
            if (!ending.IsCancellationRequested)
            {
                StartPumps();
            }
        }
    }

    private async Task<bool> Clear(
        WriteTransaction transaction,
        IReadOnlyList<CopyOfSources> rebuilt,
        IReadOnlyList<Replay> replays,
        Caller caller,
        CancellationToken ct
    )
    {
        foreach (var replay in replays)
        {
            replay.Begin(transaction, copies);
        }
        foreach (var copy in rebuilt)
        {
            await using var unit = unitsOfWork.Begin(transaction, caller);
            await copy.Clear(unit.Services, ct);
            await unit.Save(ct);
        }
        faults.Reach(FaultPoint.Rebuild);
        return true;
    }
}
