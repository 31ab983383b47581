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
        : logs.Find(source) is not { } log ? null
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

    /// <summary>
    /// What a replay of the source needs to know, read before the unit of work that begins it: the log may be elsewhere. Null when
    /// nothing of the source was read. No pump runs meanwhile.
    /// </summary>
    /// <exception cref="ConflictException">The source is not here, or cannot be replayed.</exception>
    public async Task<Replay?> PrepareReplay(ReadCopies copies, CancellationToken ct)
    {
        // From the file: after a commit with an unknown outcome it may be ahead of what the pump knows.
        if (checkpoints.Find(source) is not { } read)
        {
            return null;
        }
        var log =
            logs.Find(source)
            ?? throw new ConflictException(
                $"Module '{source}' does not run here: what was read of it could not be replayed. Start it first."
            );
        var last = log.LastPosition;
        var mismatch = await log.Check(read.Place, ct) ?? read.MismatchOfReplay(source, last);
        if (mismatch is not null && copies.ActedOnFrom(source) is [var actedOn, ..])
        {
            throw new ConflictException(
                $"{mismatch} It cannot be rebuilt here: '{actedOn}' does more than fill a read copy, and which of these events were "
                    + "handled is not known. Restore a backup of all modules."
            );
        }
        var beginning = await log.PlaceAt(0, ct);
        return new Replay(
            source,
            mismatch is null
                ? read with
                {
                    Position = 0,
                    EventId = null,
                    RebuildUntil = Math.Max(read.Position, read.RebuildUntil),
                    Handled = [.. read.Handled.Union(copies.ReplayedFrom(source)).Order(StringComparer.Ordinal)],
                }
                : new Checkpoint(source, beginning.Epoch, Position: 0, EventId: null, ReplayUntil: last, handled.NamesFrom(source))
        );
    }
}

/// <summary>A source is read from its beginning again.</summary>
/// <param name="From">The checkpoint that it begins with.</param>
internal sealed record Replay(string Source, Checkpoint From)
{
    /// <summary>Begins it, in the transaction that clears what was filled from the source.</summary>
    public void Begin(WriteTransaction transaction, ReadCopies copies)
    {
        DeadLetters.DeleteReplayed(transaction, Source, copies.ActedOnFrom(Source));
        Checkpoints.Replace(transaction, From);
    }
}
