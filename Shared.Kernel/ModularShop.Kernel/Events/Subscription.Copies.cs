using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>What the read copies know that are filled from the source, and how they are filled anew.</summary>
internal sealed partial class Subscription
{
    private volatile bool isBeingCleared;

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

    /// <summary>Completes when <see cref="WhyNotCurrent"/> may have changed. Read it before <see cref="WhyNotCurrent"/>.</summary>
    public Task Changed => freshness.Changed;

    /// <summary>Whether the event is ahead of a replay: what came before it is not there again yet.</summary>
    public bool IsAheadOfReplay(Envelope envelope) => FillsUntil is not null && envelope.Position > Position;

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
        // From the file: after a commit with an unknown outcome it may be ahead of what the pump knows.
        if (Checkpoints.Read(transaction.Connection).FirstOrDefault(checkpoint => checkpoint.Source == source) is not { } read)
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
}
