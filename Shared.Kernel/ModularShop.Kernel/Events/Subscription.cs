using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The reading of one source by one subscriber. A pump takes events from the log in order and applies them in the subscriber's own
/// transactions, which also move the checkpoint. It runs independently of all other subscriptions.
/// </summary>
internal sealed partial class Subscription(
    ModuleIdentity subscriber,
    string source,
    ILogRegistry logs,
    UnitOfWorkRunner unitsOfWork,
    HandledEvents handled,
    Delivery delivery,
    DeadLetters deadLetters,
    Checkpoints checkpoints,
    DeliveryOptions options,
    KernelMetrics metrics,
    TimeProvider clock,
    Random random,
    FaultPoints faults,
    ILogger logger
)
{
    private readonly Freshness freshness = new(clock);
    private volatile Checkpoint? checkpoint;
    private EventFailedException? failed;
    private (Guid EventId, int Count) attempts;

    public string Source => source;

    public SubscriptionState State { get; private set; } = SubscriptionState.Stopped;

    /// <summary>Why the subscription is retrying or halted; null otherwise.</summary>
    public string? Error { get; private set; }

    public long Position => checkpoint?.Position ?? 0;

    public long? LastPosition => logs.Find(source)?.LastPosition;

    /// <summary>Runs the pump until it is cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        attempts = default;
        try
        {
            while (true)
            {
                freshness.Lose();
                SetState(SubscriptionState.WaitingForSource);
                var log = await logs.WaitFor(source, ct);
                try
                {
                    await FollowOrHalt(log, ct);
                }
                catch (LogClosedException)
                {
                    LogSourceClosed(subscriber.Name, source);
                    logs.Unregister(log);
                }
                catch (Exception e) when (!ct.IsCancellationRequested && e is not ModuleStoppingException)
                {
                    freshness.Lose();
                    SetState(SubscriptionState.Retrying, e.Message);
                    LogPumpFailed(e, subscriber.Name, source);
                    await Task.Delay(options.MaxRetryDelay, clock, ct);
                }
            }
        }
        catch (Exception e) when (ct.IsCancellationRequested || e is ModuleStoppingException)
        {
            // The next start continues from the checkpoint.
            freshness.Lose();
            SetState(SubscriptionState.Stopped);
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
            freshness.Lose();
            SetState(SubscriptionState.Halted, e.Message);
            LogHalted(subscriber.Name, source, e.Message);
            await log.WaitUntilClosed(ct);
        }
    }

    private async Task Follow(ILogReader log, CancellationToken ct)
    {
        failed = null;
        EndClearing();
        if (checkpoint is null)
        {
            checkpoint = await SaveCheckpoint(await FirstCheckpoint(log, ct), ct);
        }
        else if ((await log.Check(checkpoint.Place, ct) ?? checkpoint.MismatchOfReplay(source, log.LastPosition)) is { } mismatch)
        {
            throw new LogMismatchException(mismatch);
        }
        SetState(SubscriptionState.Running);
        freshness.Begin(log.LastPosition);
        while (true)
        {
            if (IsFailedNext)
            {
                await CountFailure(ct);
            }
            freshness.At(Position, log.LastPosition);
            await using var events = new EventReader(log, delivery, options.ReadSize, checkpoint.Place, ct);
            while (await ApplyOrWait(events, ct) && !IsFailedNext)
            {
                freshness.At(Position, log.LastPosition);
            }
        }
    }

    private async Task<Checkpoint> FirstCheckpoint(ILogReader log, CancellationToken ct)
    {
        var last = log.LastPosition; // Read once: events that are committed later are not history.
        var place = await log.PlaceAt(subscriber.StartFrom is StartFrom.Now ? last : 0, ct);
        return new Checkpoint(source, place.Epoch, place.Position, place.EventId, ReplayUntil: last, handled.NamesFrom(source));
    }

    // The events before the failed one in its batch were rolled back. They are applied first, in a batch that ends before it.
    private bool IsFailedNext => failed?.Envelope.Position == Position + 1;

    /// <summary>
    /// Applies a batch. Returns false when it was rolled back: its events must be read again, as a reaction may have modified the
    /// objects.
    /// </summary>
    private async Task<bool> ApplyOrWait(EventReader events, CancellationToken ct)
    {
        await events.Wait();
        freshness.Wake();
        try
        {
            var before = Position;
            checkpoint = await unitsOfWork.RunBatch((transaction, token) => Apply(transaction, events, token), ct);
            metrics.EventsDelivered(Position - before);
            SetState(SubscriptionState.Running);
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
            SetState(SubscriptionState.Retrying, e.Message);
            await Task.Delay(options.CopyWait, clock, ct);
        }
        catch (StorageException e) when (e.IsGroupEnded)
        {
            await Task.Delay(options.FirstRetryDelay, clock, ct); // The file is sound; only the transaction of the group was lost.
        }
        catch (Exception e) when (e is StorageException or TimeoutException)
        {
            // A storage failure, not a handler failure: the event is tried again, and no attempt is counted.
            SetState(SubscriptionState.Retrying, e.Message);
            LogStorageFailed(e, subscriber.Name, source);
            await Task.Delay(options.MaxRetryDelay, clock, ct);
        }
        return false;
    }

    /// <summary>
    /// Applies events in the subscriber's transaction, up to the limits on their number and time, and moves the checkpoint.
    /// </summary>
    private async Task<Checkpoint> Apply(WriteTransaction transaction, EventReader events, CancellationToken ct)
    {
        var newest = await ApplyEach(transaction, events, ct);
        faults.Reach(FaultPoint.AfterDelivery);
        var moved = checkpoint! with { Position = newest.Position, EventId = newest.EventId };
        Checkpoints.Move(transaction, from: checkpoint, moved);
        faults.Reach(FaultPoint.AfterCheckpoint);
        return moved;
    }

    // Ends when no further event is available or the time is over, and before an event that has failed.
    private async Task<Envelope> ApplyEach(WriteTransaction transaction, EventReader events, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var letters = DeadLetters.Any(transaction, source);
        var end = Math.Min(Position + options.BatchSize, failed?.Envelope.Position - 1 ?? long.MaxValue);
        for (var due = Position + 1; ; due++)
        {
            var received = events.Next!;
            if (received.Envelope.Position != due)
            {
                throw new InvalidOperationException($"'{source}' has no event at position {due}: its log has a gap.");
            }
            await ApplyOne(transaction, received, letters, ct);
            events.Take();
            if (due == end || IsOver(clock.GetElapsedTime(started)) || events.Next is null)
            {
                return received.Envelope;
            }
        }
    }

    private bool IsOver(TimeSpan elapsed) =>
        elapsed > options.MaxBatchTime || (elapsed > options.MaxWaitForBatch && unitsOfWork.HasWaiting);

    /// <param name="letters">Whether the source has any dead letters. If not, there is no need to look them up for each event.</param>
    private async Task ApplyOne(WriteTransaction transaction, Received received, bool letters, CancellationToken ct)
    {
        var envelope = received.Envelope;
        if (!received.IsHandled)
        {
            return;
        }
        switch (letters ? DeadLetters.Judge(transaction, envelope) : Verdict.Deliver)
        {
            case Verdict.Skip:
                break;
            case Verdict.Park:
                deadLetters.Park(transaction, envelope, checkpoint!.OccasionOf(envelope));
                break;
            default:
                await delivery.Apply(transaction, received, checkpoint!.OccasionOf(envelope), ct);
                break;
        }
    }

    private async Task CountFailure(CancellationToken ct)
    {
        var (envelope, failure) = (failed!.Envelope, failed.Failure);
        failed = null;
        // Attempts at the same event add up, even if the log or the file could not be read between them.
        attempts = (envelope.EventId, attempts.EventId == envelope.EventId ? attempts.Count + 1 : 1);
        metrics.AttemptFailed();
        if (attempts.Count < options.MaxAttempts && failure is not UnreadableEventException)
        {
            SetState(SubscriptionState.Retrying, $"{envelope.Name} at position {envelope.Position}: {failure.Message}");
            LogAttemptFailed(failure, subscriber.Name, envelope.Name, envelope.Position, attempts.Count);
            await Task.Delay(Backoff(), clock, ct);
            return;
        }
        checkpoint = await unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                deadLetters.Bury(transaction, envelope, checkpoint!.OccasionOf(envelope), attempts.Count, failure);
                var moved = checkpoint! with { Position = envelope.Position, EventId = envelope.EventId };
                Checkpoints.Move(transaction, from: checkpoint, moved);
                return Task.FromResult(moved);
            },
            ct
        );
        metrics.DeadLettered();
        SetState(SubscriptionState.Running);
        LogDeadLettered(failure, subscriber.Name, envelope.Name, envelope.Position, envelope.Key);
    }

    private Task<Checkpoint> SaveCheckpoint(Checkpoint first, CancellationToken ct) =>
        unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                Checkpoints.Insert(transaction, first);
                return Task.FromResult(first);
            },
            ct
        );

    private TimeSpan Backoff()
    {
        // Computed in floating point: after about fifty attempts the value exceeds the range of a TimeSpan.
        var exponential = options.FirstRetryDelay.Ticks * Math.Pow(2, attempts.Count - 1);
        var jitter = 0.75 + random.NextDouble() * 0.5;
        return TimeSpan.FromTicks((long)Math.Min(exponential * jitter, options.MaxRetryDelay.Ticks));
    }

    private void SetState(SubscriptionState state, string? error = null)
    {
        State = state;
        Error = error;
    }
}
