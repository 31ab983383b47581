using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The loop of a subscription. It takes events from the source's log in order and has them applied. It runs independently of all other
/// pumps.
/// </summary>
internal sealed class Pump(
    Subscription subscription,
    ILogRegistry logs,
    StartingPoints startingPoints,
    BatchApplier batches,
    Attempts attempts,
    DeliveryOptions options,
    TimeProvider clock
)
{
    private EventFailedException? failed;

    // The events before the failed one in its batch were rolled back. They are applied first, in a batch that ends before it.
    private bool IsFailedNext => failed?.Envelope.Position == subscription.Position + 1;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                subscription.Waits();
                var log = await logs.WaitFor(subscription.Source, ct);
                try
                {
                    await FollowOrHalt(log, ct);
                }
                catch (LogClosedException)
                {
                    subscription.LosesSource();
                    logs.Unregister(log);
                }
                catch (Exception e) when (!ct.IsCancellationRequested && e is not ModuleStoppingException)
                {
                    subscription.RetriesPump(e);
                    await Task.Delay(options.MaxRetryDelay, clock, ct);
                }
            }
        }
        catch (Exception e) when (ct.IsCancellationRequested || e is ModuleStoppingException)
        {
            // The next start continues from the checkpoint.
            subscription.Stops();
        }
    }

    // When the log does not match, a person decides. Every remedy stops the source, so the pump waits until the log is closed.
    private async Task FollowOrHalt(ILogReader log, CancellationToken ct)
    {
        try
        {
            await Follow(log, ct);
        }
        catch (LogMismatchException e)
        {
            subscription.Halts(e.Message);
            await log.WaitUntilClosed(ct);
        }
    }

    private async Task Follow(ILogReader log, CancellationToken ct)
    {
        failed = null;
        subscription.EndClearing();
        if (subscription.Checkpoint is not { } checkpoint)
        {
            subscription.Checkpoint = await batches.Begin(await startingPoints.First(log, ct), ct);
        }
        else if (await StartingPoints.Mismatch(checkpoint, log, ct) is { } mismatch)
        {
            throw new LogMismatchException(mismatch);
        }
        subscription.Runs();
        subscription.Freshness.Begin(log.LastPosition);
        while (true)
        {
            if (IsFailedNext)
            {
                await CountFailure(ct);
            }
            subscription.Freshness.At(subscription.Position, log.LastPosition);
            await using var events = batches.Read(log, subscription.Checkpoint!.Place, ct);
            while (await ApplyOrWait(events, ct) && !IsFailedNext)
            {
                subscription.Freshness.At(subscription.Position, log.LastPosition);
            }
        }
    }

    /// <summary>
    /// Applies a batch. Returns false when it was rolled back: its events must be read again, as a reaction may have modified the
    /// objects.
    /// </summary>
    private async Task<bool> ApplyOrWait(EventReader events, CancellationToken ct)
    {
        await events.Wait();
        subscription.Freshness.Wake();
        try
        {
            subscription.Checkpoint = await batches.Apply(subscription.Checkpoint!, events, failed?.Envelope.Position, ct);
            subscription.Runs();
            return true;
        }
        catch (Exception e) when (EventFailedException.In(e) is { } ofEvent)
        {
            ct.ThrowIfCancellationRequested(); // The handler was cancelled because the module stops; it did not fail.
            failed = ofEvent;
        }
        catch (CopyNotCurrentException e)
        {
            // A command that the reaction sent needs a read copy that is being filled. The event waits, and no attempt is counted.
            subscription.Retries(e.Message);
            await Task.Delay(options.CopyWait, clock, ct);
        }
        catch (StorageException e) when (e.IsGroupEnded)
        {
            await Task.Delay(options.FirstRetryDelay, clock, ct); // The file is sound; only the transaction of the group was lost.
        }
        catch (Exception e) when (e is StorageException or TimeoutException)
        {
            // A storage failure, not a handler failure: the event is tried again, and no attempt is counted.
            subscription.RetriesStorage(e);
            await Task.Delay(options.MaxRetryDelay, clock, ct);
        }
        return false;
    }

    private async Task CountFailure(CancellationToken ct)
    {
        var (envelope, failure) = (failed!.Envelope, failed.Failure);
        failed = null;
        if (attempts.Fail(envelope, failure) is { } pause)
        {
            subscription.RetriesAttempt(attempts.Count, envelope, failure);
            await Task.Delay(pause, clock, ct);
            return;
        }
        subscription.Checkpoint = await batches.Bury(subscription.Checkpoint!, envelope, attempts.Count, failure, ct);
        subscription.GivesUp(envelope, failure);
    }
}
