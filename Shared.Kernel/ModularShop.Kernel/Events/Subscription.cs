using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// One subscriber's reading of one source: a pump that takes events from the log in order and applies them in the
/// subscriber's own transactions, which also move the checkpoint. Nobody else waits for it.
/// </summary>
internal sealed partial class Subscription(
    ModuleIdentity subscriber,
    string source,
    StartFrom startFrom,
    EventBus bus,
    UnitsOfWork unitsOfWork,
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
    private volatile bool isBeingCleared;
    private EventFailedException? failed;
    private (Guid EventId, int Count) attempts;

    public string Source => source;

    public SubscriptionState State { get; private set; } = SubscriptionState.Stopped;

    /// <summary>Why it is retrying or halted.</summary>
    public string? Error { get; private set; }

    public long Position => checkpoint?.Position ?? 0;

    public long? LastPosition => bus.Find(source)?.LastPosition;

    /// <summary>How many events the read copies of the source are to have before they are whole again; null when they are whole.</summary>
    public long? FillsUntil => isBeingCleared || checkpoint is { } at && at.Position < at.FilledAt ? checkpoint?.FilledAt ?? 0 : null;

    /// <summary>Why a command should not decide on what was read of the source; null when it may.</summary>
    public string? WhyNotCurrent =>
        FillsUntil is { } until ? $"It is being filled from {source}: {Position} of {until} events are applied."
        : freshness.IsWithin(options.MaxStaleness) ? null
        // Its module does not run: the copy is what there is, and that is what copies are for.
        : bus.Find(source) is not { } log ? null
        : State == SubscriptionState.Halted ? $"It does not follow {source}, whose file was replaced or set back."
        : $"It is behind {source} by {Math.Max(0, log.LastPosition - Position)} events.";

    /// <summary>Completes once <see cref="WhyNotCurrent"/> may have become another. To be asked for before that is.</summary>
    public Task Changed => freshness.Changed;

    /// <summary>Reads the checkpoint in the file, while no pump runs.</summary>
    public void Load() => checkpoint = checkpoints.Find(source);

    /// <summary>Until it is loaded again, what was read of the source counts as incomplete.</summary>
    public void BeginClearing() => isBeingCleared = true;

    public void EndClearing()
    {
        Load();
        isBeingCleared = false;
    }

    /// <summary>Lets the source be read from the beginning, in the transaction that clears what was filled from it.</summary>
    /// <exception cref="ConflictException">The source is not here, or cannot be replayed.</exception>
    public void Rewind(WriteTransaction transaction, ReadCopies copies)
    {
        if (checkpoint is not { } read)
        {
            return; // Nothing was read.
        }
        var log =
            bus.Find(source)
            ?? throw new ConflictException(
                $"Module '{source}' does not run here: what was read of it could not be replayed. Start it first."
            );
        var actedOn = copies.ActedOnFrom(source);
        var mismatch = read.Mismatch(log);
        if (mismatch is not null && actedOn.Count > 0)
        {
            throw new ConflictException(
                $"{mismatch} It cannot be rebuilt here: '{actedOn[0]}' does more than fill a read copy, and which of these events were "
                    + "handled is not known. Restore a backup of all modules."
            );
        }
        DeadLetters.DeleteReplayed(transaction, source, actedOn);
        Checkpoints.Replace(
            transaction,
            mismatch is null
                ? read with
                {
                    Position = 0,
                    EventId = null,
                    RebuildUntil = Math.Max(read.Position, read.RebuildUntil),
                    Handled = [.. read.Handled.Union(copies.ReplayedFrom(source)).Order(StringComparer.Ordinal)],
                }
                : new Checkpoint(source, log.Epoch, Position: 0, EventId: null, ReplayUntil: log.LastPosition, handled.NamesFrom(source))
        );
    }

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
                var log = await bus.WaitFor(source, ct);
                try
                {
                    await Follow(log, ct);
                }
                catch (LogClosedException)
                {
                    LogSourceClosed(subscriber.Name, source);
                    bus.Unregister(log);
                }
                catch (Exception e) when (!ct.IsCancellationRequested && e is not ModuleStoppingException)
                {
                    SetState(SubscriptionState.Retrying, e.Message);
                    LogPumpFailed(e, subscriber.Name, source);
                    await Task.Delay(options.MaxRetryDelay, clock, ct);
                }
            }
        }
        catch (Exception e) when (ct.IsCancellationRequested || e is ModuleStoppingException)
        {
            // Whatever it was at, or stumbled over, begins again at the checkpoint.
            freshness.Lose();
            SetState(SubscriptionState.Stopped);
        }
    }

    private async Task Follow(ILogReader log, CancellationToken ct)
    {
        failed = null;
        EndClearing();
        if (checkpoint is null)
        {
            var last = log.LastPosition; // Read once: what is committed from here on is no history.
            var position = startFrom is StartFrom.Now ? last : 0;
            checkpoint = await SaveCheckpoint(
                new Checkpoint(source, log.Epoch, position, log.EventAt(position), ReplayUntil: last, handled.NamesFrom(source)),
                ct
            );
        }
        else if (checkpoint.Mismatch(log) is { } mismatch)
        {
            SetState(SubscriptionState.Halted, mismatch);
            LogHalted(subscriber.Name, source, mismatch);
            await log.WaitUntilClosed(ct);
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
            await using var events = new EventReader(log, delivery, options.ReadSize, Position, ct);
            while (await ApplyOrWait(events, ct) && !IsFailedNext)
            {
                freshness.At(Position, log.LastPosition);
            }
        }
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
            failed = ofEvent;
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
