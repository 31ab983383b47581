using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>
/// One subscriber's reading of one source: a pump that takes events from the log in order and applies them in the
/// subscriber's own transactions, which also move the checkpoint. Nobody else waits for it.
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

    /// <summary>Why it is retrying or halted.</summary>
    public string? Error { get; private set; }

    public long Position => checkpoint?.Position ?? 0;

    public long? LastPosition => logs.Find(source)?.LastPosition;

    /// <summary>Pumps until cancelled.</summary>
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
            // The next start goes on from the checkpoint.
            freshness.Lose();
            SetState(SubscriptionState.Stopped);
        }
    }

    // A person decides what is done about a log that does not fit, and has to stop the source for that.
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
        var last = log.LastPosition; // Read once: what is committed from here on is no history.
        var place = await log.PlaceAt(subscriber.StartFrom is StartFrom.Now ? last : 0, ct);
        return new Checkpoint(source, place.Epoch, place.Position, place.EventId, ReplayUntil: last, handled.NamesFrom(source));
    }

    // Nothing is left of those before it in its batch: they are applied again without it.
    private bool IsFailedNext => failed?.Envelope.Position == Position + 1;

    /// <summary>Applies a batch. False when it was rolled back, and is to be read again: a reaction may have changed its events.</summary>
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
            ct.ThrowIfCancellationRequested(); // It is cancelled because the module stops, and did not fail.
            failed = ofEvent;
        }
        catch (CopyNotCurrentException e)
        {
            // A command that the reaction sent decides on a copy that is being filled: the event waits, and no attempt is counted.
            SetState(SubscriptionState.Retrying, e.Message);
            await Task.Delay(options.CopyWait, clock, ct);
        }
        catch (StorageException e) when (e.IsGroupEnded)
        {
            await Task.Delay(options.FirstRetryDelay, clock, ct); // The file is sound: only the group's transaction was lost.
        }
        catch (Exception e) when (e is StorageException or TimeoutException)
        {
            // The subscriber's own storage is ill, not the event: keep trying, and count nothing.
            SetState(SubscriptionState.Retrying, e.Message);
            LogStorageFailed(e, subscriber.Name, source);
            await Task.Delay(options.MaxRetryDelay, clock, ct);
        }
        return false;
    }

    /// <summary>Within the subscriber's transaction: as many events as a batch may have and its time allows, and the checkpoint.</summary>
    private async Task<Checkpoint> Apply(WriteTransaction transaction, EventReader events, CancellationToken ct)
    {
        var newest = await ApplyEach(transaction, events, ct);
        faults.Reach(FaultPoint.AfterDelivery);
        var moved = checkpoint! with { Position = newest.Position, EventId = newest.EventId };
        Checkpoints.Move(transaction, from: checkpoint, moved);
        faults.Reach(FaultPoint.AfterCheckpoint);
        return moved;
    }

    // Up to the last that is at hand and for which there is time, and to no event that failed.
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

    /// <param name="letters">Whether there are dead letters of the source at all: while there are none, none needs to be asked for.</param>
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
        // Whatever kept the log or the file from being read between two attempts, they are of the same event.
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
        // In floating point: after some fifty attempts it is more than a TimeSpan holds.
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
