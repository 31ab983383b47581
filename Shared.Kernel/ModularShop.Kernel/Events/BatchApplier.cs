using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Makes the changes of a subscription in the subscriber's file. Each transaction applies events, or buries one, and moves the
/// checkpoint. Returns the checkpoint after the commit.
/// </summary>
internal sealed class BatchApplier(
    UnitOfWorkRunner unitsOfWork,
    Delivery delivery,
    DeadLetterWriter deadLetters,
    DeliveryOptions options,
    KernelMetrics metrics,
    TimeProvider clock,
    FaultPoints faults
)
{
    /// <summary>Begins to read a log ahead, for batches. Must be called on the pump's task scheduler.</summary>
    public EventReader Read(ILogReader log, LogPlace after, CancellationToken ct) =>
        new(log, delivery, options.ReadSize, after, metrics.Cpu, ct);

    /// <summary>Stores the first checkpoint of a source.</summary>
    public Task<Checkpoint> Begin(Checkpoint first, CancellationToken ct) =>
        unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                Checkpoints.Insert(transaction, first);
                return Task.FromResult(first);
            },
            ct
        );

    /// <summary>
    /// Applies events, up to the limits on their number and time. The reader must have an event. Ends when it has no further one, and
    /// before an event that has failed.
    /// </summary>
    /// <param name="failed">The position of an event that has failed; null when none has.</param>
    /// <exception cref="EventFailedException">An event failed, possibly as an inner exception. The whole batch was rolled back.</exception>
    public async Task<Checkpoint> Apply(Checkpoint from, EventReader events, long? failed, CancellationToken ct)
    {
        var end = Math.Min(from.Position + options.BatchSize, failed - 1 ?? long.MaxValue);
        var moved = await unitsOfWork.RunBatch(
            async (transaction, token) =>
            {
                var newest = await ApplyEach(transaction, from, events, end, token);
                faults.Reach(FaultPoint.AfterDelivery);
                var to = Move(transaction, from, newest);
                faults.Reach(FaultPoint.AfterCheckpoint);
                return to;
            },
            ct
        );
        metrics.EventsDelivered(moved.Position - from.Position);
        return moved;
    }

    /// <summary>Gives an event up: it becomes a dead letter.</summary>
    public async Task<Checkpoint> Bury(Checkpoint from, Envelope envelope, int attempts, Exception cause, CancellationToken ct)
    {
        var moved = await unitsOfWork.RunBatch(
            (transaction, _) =>
            {
                deadLetters.Bury(transaction, envelope, from.OccasionOf(envelope), attempts, cause);
                return Task.FromResult(Move(transaction, from, envelope));
            },
            ct
        );
        metrics.DeadLettered();
        return moved;
    }

    private static Checkpoint Move(WriteTransaction transaction, Checkpoint checkpoint, Envelope newest)
    {
        var moved = checkpoint with { Position = newest.Position, EventId = newest.EventId };
        Checkpoints.Move(transaction, checkpoint, moved);
        return moved;
    }

    // Returns the last event that was applied.
    private async Task<Envelope> ApplyEach(
        WriteTransaction transaction,
        Checkpoint from,
        EventReader events,
        long end,
        CancellationToken ct
    )
    {
        var started = clock.GetTimestamp();
        var letters = DeadLetterWriter.Any(transaction, from.Source);
        for (var due = from.Position + 1; ; due++)
        {
            var received = events.Next!;
            if (received.Envelope.Position != due)
            {
                throw new InvalidOperationException($"'{from.Source}' has no event at position {due}: its log has a gap.");
            }
            if (received.IsHandled)
            {
                await ApplyOne(transaction, received, from.OccasionOf(received.Envelope), letters, ct);
            }
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
    private Task ApplyOne(WriteTransaction transaction, Received received, Occasion occasion, bool letters, CancellationToken ct)
    {
        switch (letters ? DeadLetterWriter.Judge(transaction, received.Envelope) : Verdict.Deliver)
        {
            case Verdict.Skip:
                return Task.CompletedTask;
            case Verdict.Park:
                deadLetters.Park(transaction, received.Envelope, occasion);
                return Task.CompletedTask;
            default:
                return delivery.Apply(transaction, received, occasion, ct);
        }
    }
}
