using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>All subscriptions of one module, which start, stop and rebuild together, and the operations on its dead letters.</summary>
internal sealed partial class Subscriptions(
    ModuleIdentity module,
    ILogRegistry logs,
    UnitOfWorkRunner unitsOfWork,
    HandledEvents handled,
    ReadCopies copies,
    Delivery delivery,
    DeadLetters deadLetters,
    Checkpoints checkpoints,
    DeliveryOptions options,
    KernelMetrics metrics,
    TimeProvider clock,
    Random random,
    FaultPoints faults,
    ILogger<Subscriptions> logger
) : IDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private CancellationTokenSource stopping = new();
    private Task pumps = Task.CompletedTask;

    public IReadOnlyList<Subscription> All { get; } =
    [
        .. handled.Sources.Select(source => new Subscription(
            module,
            source,
            logs,
            unitsOfWork,
            handled,
            delivery,
            deadLetters,
            checkpoints,
            options,
            metrics,
            clock,
            random,
            faults,
            logger
        )),
    ];

    /// <summary>
    /// What an operator should know after a change of the code: checkpoints and dead letters whose event names have no handler any
    /// more, and events that now have a handler but were skipped before.
    /// </summary>
    public IReadOnlyList<string> Notices { get; private set; } = [];

    public async Task Start(CancellationToken ct)
    {
        Notices =
        [
            .. checkpoints.All().SelectMany(NoticesOf),
            .. deadLetters
                .OpenNames()
                .Where(name => handled.Find(name) is null)
                .Select(name => $"There are dead letters of '{name}', which nothing in this build handles."),
        ];
        foreach (var notice in Notices)
        {
            LogNotice(module.Name, notice);
        }
        foreach (var subscription in All)
        {
            subscription.Load();
        }
        // While a source is being replayed, its letters wait until a person retries them.
        foreach (var (source, key) in deadLetters.Unblocked().Where(unblocked => Find(unblocked.Source)?.FillsUntil is null))
        {
            await Release(source, key, ct);
        }
        StartPumps();
    }

    /// <summary>Stops for good. Cancels a rebuild that is clearing; the writer, which stops next, rolls it back.</summary>
    public async Task Stop()
    {
        ending.Cancel();
        await changing.WaitAsync();
        try
        {
            await StopPumps();
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

    /// <summary>Delivers a dead letter again and then the letters parked behind it, in order, until one fails.</summary>
    /// <returns>How many events took effect, and the letter that failed, or null.</returns>
    /// <exception cref="ConflictException">The letter is discarded, or waits behind another one.</exception>
    public async Task<(int Applied, DeadLetter? StoppedBy)> Retry(long id, CancellationToken ct)
    {
        var letter = deadLetters.Find(id) ?? throw new NotFoundException("dead letter", id);
        return letter.Status switch
        {
            DeadLetterStatus.Dead => await Release(letter.Envelope.Source, letter.Envelope.Key, ct),
            // The letter may be delivered if the one before it is gone, and only a crash or error during an earlier retry left it
            // parked.
            DeadLetterStatus.Parked when deadLetters.IsUnblocked(letter) => await Release(letter.Envelope.Source, letter.Envelope.Key, ct),
            DeadLetterStatus.Parked => throw new ConflictException(
                $"Dead letter {id} waits behind an earlier one of key '{letter.Envelope.Key}'; retry that one."
            ),
            DeadLetterStatus.Discarded => throw new ConflictException($"Dead letter {id} was discarded: {letter.Reason}"),
            _ => throw new ConflictException($"Dead letter {id} has the unknown status '{letter.Status}'."),
        };
    }

    /// <summary>Discards a dead letter with a reason, and delivers the letters parked behind it.</summary>
    public async Task<(int Applied, DeadLetter? StoppedBy)> Discard(long id, string reason, CancellationToken ct)
    {
        var letter = await unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                var letter = DeadLetters.Find(transaction, id) ?? throw new NotFoundException("dead letter", id);
                if (letter.Status != DeadLetterStatus.Dead)
                {
                    throw new ConflictException($"Only a dead letter can be discarded; {id} is {letter.Status}.");
                }
                RefuseAheadOfReplay(letter);
                DeadLetters.Discard(transaction, id, reason);
                return Task.FromResult(letter);
            },
            ct
        );
        return await Release(letter.Envelope.Source, letter.Envelope.Key, ct);
    }

    private async Task<(int Applied, DeadLetter? StoppedBy)> Release(string source, string key, CancellationToken ct)
    {
        var applied = 0;
        DeadLetter? letter = null;
        try
        {
            // One transaction for each letter. The key stays blocked until the last of them is delivered.
            while (await unitsOfWork.RunBatch(ReleaseFirst, ct))
            {
                applied++;
            }
            return (applied, null);
        }
        catch (Exception e) when (EventFailedException.In(e) is { } ofEvent)
        {
            ct.ThrowIfCancellationRequested(); // The handler was cancelled; the event did not fail.
            var stoppedBy = await unitsOfWork.RunBatch(
                (transaction, _) =>
                {
                    deadLetters.RetryFailed(transaction, letter!, ofEvent.Failure);
                    return Task.FromResult(DeadLetters.Find(transaction, letter!.Id));
                },
                ct
            );
            return (applied, stoppedBy);
        }

        async Task<bool> ReleaseFirst(WriteTransaction transaction, CancellationToken token)
        {
            letter = DeadLetters.First(transaction, source, key);
            if (letter is null)
            {
                return false;
            }
            RefuseAheadOfReplay(letter);
            await delivery.Apply(transaction, delivery.Read(letter.Envelope), letter.Occasion, token);
            faults.Reach(FaultPoint.Retry);
            DeadLetters.Delete(transaction, letter.Id);
            faults.Reach(FaultPoint.Retry);
            return true;
        }
    }

    private Subscription? Find(string source) => All.FirstOrDefault(subscription => subscription.Source == source);

    // The replay has not applied the earlier events of the letter's key again yet.
    private void RefuseAheadOfReplay(DeadLetter letter)
    {
        if (Find(letter.Envelope.Source) is { } subscription && subscription.IsAheadOfReplay(letter.Envelope))
        {
            throw new ConflictException(
                $"'{subscription.Source}' is being replayed: {subscription.Position} of {subscription.FillsUntil} events are applied. "
                    + "Decide on the letter when that is done."
            );
        }
    }

    private async Task StopPumps()
    {
        stopping.Cancel();
        await pumps;
    }

    private void StartPumps()
    {
        stopping.Dispose();
        stopping = new CancellationTokenSource();
        var token = stopping.Token;
        pumps = Task.WhenAll(All.Select(subscription => Detached.Run(() => subscription.Run(token))));
    }

    private IEnumerable<string> NoticesOf(Checkpoint checkpoint)
    {
        if (!handled.Sources.Contains(checkpoint.Source))
        {
            yield return $"There is a checkpoint of '{checkpoint.Source}', which nothing in this build handles.";
        }
        else if (checkpoint.Position > 0)
        {
            foreach (var name in handled.NamesFrom(checkpoint.Source).Except(checkpoint.Handled))
            {
                yield return $"'{name}' is handled now, but was not when this module began to read '{checkpoint.Source}': earlier ones "
                    + (
                        copies.ReplayedFrom(checkpoint.Source).Contains(name)
                            ? "were skipped. Rebuild the module to have them."
                            : "were skipped, and stay so: what handles them fills no read copy that could be rebuilt."
                    );
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Module}: {Notice}")]
    private partial void LogNotice(string module, string notice);
}
