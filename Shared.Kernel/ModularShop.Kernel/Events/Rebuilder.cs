using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Clears read copies of a module and has their events replayed.</summary>
internal sealed class Rebuilder(
    Subscriptions subscriptions,
    Pumps pumps,
    ReadCopies copies,
    StartingPoints startingPoints,
    UnitOfWorkRunner unitsOfWork,
    DeliveryOptions options,
    FaultPoints faults
)
{
    /// <summary>
    /// Clears one read copy or all read copies of the module, and replays the events that fill them. Other modules
    /// continue meanwhile. This module's subscriptions and commands wait while the copy is cleared, and commands that decide on the copy
    /// wait until it is complete again.
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
        var sources = subscriptions.All.Where(subscription => rebuilt.Any(copy => copy.Sources.Contains(subscription.Source))).ToList();
        await pumps.Pause(token => Clear(rebuilt, sources, caller, token), ct);
    }

    private async Task Clear(IReadOnlyList<CopyOfSources> rebuilt, List<Subscription> sources, Caller caller, CancellationToken ct)
    {
        // Marked before the unit of work is queued: a command that runs after it must not decide on the cleared copy. No pump runs
        // that could remove the mark.
        sources.ForEach(subscription => subscription.BeginClearing());
        try
        {
            var replays = await PrepareReplays(sources, ct);
            await unitsOfWork.RunBatch(
                (transaction, token) => Clear(transaction, rebuilt, replays, caller, token),
                ct,
                options.ClearDeadline
            );
            faults.Reach(FaultPoint.Rebuild);
        }
        finally
        {
            sources.ForEach(subscription => subscription.EndClearing());
        }
    }

    private async Task<IReadOnlyList<Replay>> PrepareReplays(List<Subscription> sources, CancellationToken ct)
    {
        var replays = new List<Replay>();
        foreach (var subscription in sources)
        {
            if (await startingPoints.OfReplay(subscription.Source, ct) is { } replay)
            {
                replays.Add(replay);
            }
        }
        return replays;
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
