using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
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
    private Checkpoint? checkpoint;
    private int attempts;

    public string Source => source;

    public SubscriptionState State { get; private set; } = SubscriptionState.Stopped;

    /// <summary>Why it is retrying or halted.</summary>
    public string? Error { get; private set; }

    public long Position => checkpoint?.Position ?? 0;

    public long? LastPosition => bus.Find(source)?.LastPosition;

    /// <summary>Pumps until cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        checkpoint = null; // A rebuild deleted it: until it is read again nothing counts as applied.
        try
        {
            while (true)
            {
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
            SetState(SubscriptionState.Stopped);
        }
    }

    private async Task Follow(ILogReader log, CancellationToken ct)
    {
        attempts = 0;
        checkpoint = checkpoints.Find(source);
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
        Task<IReadOnlyList<Received>>? ahead = null;
        try
        {
            while (true)
            {
                var batch = await (ahead ?? Receive(log, checkpoint.Position, ct));
                // Who has much to catch up on uses two cores: while one batch is applied the next is read.
                var last = batch[^1].Envelope.Position;
                ahead = log.LastPosition > last ? Detached.Run(() => Receive(log, last, ct)) : null;
                await Apply(batch, ct);
            }
        }
        finally
        {
            if (ahead is not null)
            {
                await ((Task)ahead).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
                );
            }
        }
    }

    private async Task<IReadOnlyList<Received>> Receive(ILogReader log, long after, CancellationToken ct) =>
        [.. (await log.ReadAsync(after, options.BatchSize, ct)).Select(delivery.Read)];

    // What a batch's time did not suffice for is at hand; it need not be read again.
    private async Task Apply(IReadOnlyList<Received> batch, CancellationToken ct)
    {
        while ((batch = NotYetApplied(batch)).Count > 0)
        {
            if (!await ApplyOrWait(batch, ct))
            {
                batch = Again(batch);
            }
        }
    }

    // A reaction may have changed what it was given.
    private IReadOnlyList<Received> Again(IEnumerable<Received> batch) => [.. batch.Select(received => delivery.Read(received.Envelope))];

    private IReadOnlyList<Received> NotYetApplied(IReadOnlyList<Received> batch) =>
        [.. batch.SkipWhile(received => received.Envelope.Position <= checkpoint!.Position)];

    private async Task<bool> ApplyOrWait(IReadOnlyList<Received> batch, CancellationToken ct)
    {
        try
        {
            var before = Position;
            checkpoint = await unitsOfWork.RunBatch((transaction, token) => Apply(transaction, batch, token), ct);
            attempts = 0;
            metrics.EventsDelivered(Position - before);
            SetState(SubscriptionState.Running);
            return true;
        }
        catch (EventFailedException e)
        {
            // Nothing is left of those before it: they are applied again without it, and then it is the one that failed.
            var failed = batch[e.Index].Envelope;
            if (e.Index == 0 || (await ApplyOrWait(Again(batch.Take(e.Index)), ct) && failed.Position == Position + 1))
            {
                attempts++;
                metrics.AttemptFailed();
                await Retry(failed, e.Failure, ct);
            }
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

    /// <summary>Within the subscriber's transaction: as many events as the time of a batch allows, and the checkpoint.</summary>
    private async Task<Checkpoint> Apply(WriteTransaction transaction, IReadOnlyList<Received> batch, CancellationToken ct)
    {
        var newest = (await ApplyEach(transaction, batch, ct)).Envelope;
        faults.Reach(FaultPoint.AfterDelivery);
        var moved = checkpoint! with { Position = newest.Position, EventId = newest.EventId };
        Checkpoints.Move(transaction, from: checkpoint, moved);
        faults.Reach(FaultPoint.AfterCheckpoint);
        return moved;
    }

    // Up to the last for which there was time.
    private async Task<Received> ApplyEach(WriteTransaction transaction, IReadOnlyList<Received> batch, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var letters = DeadLetters.Any(transaction, source);
        for (var i = 0; i < batch.Count; i++)
        {
            var due = Position + 1 + i;
            if (batch[i].Envelope.Position != due)
            {
                throw new InvalidOperationException($"'{source}' has no event at position {due}: its log has a gap.");
            }
            if (await ApplyOne(transaction, batch[i], letters, ct) is { } failure)
            {
                throw new EventFailedException(i, failure);
            }
            if (IsOver(clock.GetElapsedTime(started)))
            {
                return batch[i];
            }
        }
        return batch[^1];
    }

    private bool IsOver(TimeSpan elapsed) =>
        elapsed > options.MaxBatchTime || (elapsed > options.MaxWaitForBatch && unitsOfWork.HasWaiting);

    /// <param name="letters">Whether there are dead letters of the source at all: while there are none, none needs to be asked for.</param>
    private async Task<Exception?> ApplyOne(WriteTransaction transaction, Received received, bool letters, CancellationToken ct)
    {
        var envelope = received.Envelope;
        if (!received.IsHandled)
        {
            return null;
        }
        switch (letters ? DeadLetters.Verdict(transaction, envelope) : null)
        {
            case DeadLetterStatus.Discarded:
                return null;
            case DeadLetterStatus.Parked:
                deadLetters.Park(transaction, envelope, IsReplay(envelope));
                return null;
            default:
                return await delivery.Apply(transaction, received, IsReplay(envelope), ct);
        }
    }

    private async Task Retry(Envelope failed, Exception failure, CancellationToken ct)
    {
        if (attempts < options.MaxAttempts && failure is not UnreadableEventException)
        {
            SetState(SubscriptionState.Retrying, $"{failed.Name} at position {failed.Position}: {failure.Message}");
            LogAttemptFailed(failure, subscriber.Name, failed.Name, failed.Position, attempts);
            await Task.Delay(Backoff(), clock, ct);
            return;
        }
        checkpoint = await unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                deadLetters.Bury(transaction, failed, IsReplay(failed), attempts, failure);
                var moved = checkpoint! with { Position = failed.Position, EventId = failed.EventId };
                Checkpoints.Move(transaction, from: checkpoint, moved);
                return Task.FromResult(moved);
            },
            ct
        );
        attempts = 0;
        metrics.DeadLettered();
        SetState(SubscriptionState.Running);
        LogDeadLettered(failure, subscriber.Name, failed.Name, failed.Position, failed.Key);
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

    private bool IsReplay(Envelope envelope) => envelope.Position <= checkpoint!.ReplayUntil;

    private TimeSpan Backoff()
    {
        var exponential = options.FirstRetryDelay * Math.Pow(2, attempts - 1);
        var jitter = 0.75 + random.NextDouble() * 0.5;
        return TimeSpan.FromTicks(Math.Min((exponential * jitter).Ticks, options.MaxRetryDelay.Ticks));
    }

    private void SetState(SubscriptionState state, string? error = null)
    {
        State = state;
        Error = error;
    }

    /// <summary>Rolls a batch back. The failure is not its cause, so that it stays what it is to the writer: none of the file's.</summary>
    private sealed class EventFailedException(int index, Exception failure) : Exception(failure.Message)
    {
        /// <summary>Which event of the batch failed.</summary>
        public int Index => index;

        public Exception Failure => failure;
    }
}
