using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>The state of the read copies that are filled from the source, and how they are filled again.</summary>
internal sealed partial class Subscription
{
    private volatile bool isBeingCleared;

    /// <summary>
    /// The position up to which events must be applied before the read copies of the source are complete; null when they are complete.
    /// </summary>
    public long? FillsUntil => isBeingCleared || checkpoint is { } at && at.Position < at.FilledAt ? checkpoint?.FilledAt ?? 0 : null;

    /// <summary>Why a command must not decide on data from this source; null when it may.</summary>
    public string? WhyNotCurrent =>
        FillsUntil is { } until ? $"It is being filled from {source}: {Position} of {until} events are applied."
        : freshness.IsWithin(options.MaxStaleness) ? null
        // The source module does not run. Commands may use the copy then: read copies exist for this case.
        : logs.Find(source) is not { } log ? null
        : State == SubscriptionState.Halted ? $"It does not follow {source}, whose file was replaced or set back."
        : $"It is behind {source} by {Math.Max(0, log.LastPosition - Position)} events.";

    /// <summary>
    /// Completes when <see cref="WhyNotCurrent"/> may have changed. Read this property first, then <see cref="WhyNotCurrent"/>.
    /// </summary>
    public Task Changed => freshness.Changed;

    /// <summary>Whether a replay has not reached the event yet: earlier events are not applied again yet.</summary>
    public bool IsAheadOfReplay(Envelope envelope) => FillsUntil is not null && envelope.Position > Position;

    /// <summary>Reads the checkpoint from the file. Only called while no pump runs.</summary>
    public void Load() => checkpoint = checkpoints.Find(source);

    /// <summary>Marks the data from the source as incomplete until the checkpoint is loaded again.</summary>
    public void BeginClearing() => isBeingCleared = true;

    public void EndClearing()
    {
        Load();
        isBeingCleared = false;
    }

    /// <summary>
    /// Prepares a replay of the source. It runs before the unit of work that begins the replay, because the log may be in another
    /// process. Returns null when nothing of the source was read. No pump may run meanwhile.
    /// </summary>
    /// <exception cref="ConflictException">The source is not available, or cannot be replayed.</exception>
    public async Task<Replay?> PrepareReplay(ReadCopies copies, CancellationToken ct)
    {
        // Read from the file: after a commit with an unknown outcome, the file may be ahead of what the pump knows.
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

/// <summary>A new reading of a source from its beginning.</summary>
/// <param name="From">The checkpoint that the replay begins with.</param>
internal sealed record Replay(string Source, Checkpoint From)
{
    /// <summary>Begins the replay, in the transaction that clears the read copies of the source.</summary>
    public void Begin(WriteTransaction transaction, ReadCopies copies)
    {
        DeadLetters.DeleteReplayed(transaction, Source, copies.ActedOnFrom(Source));
        Checkpoints.Replace(transaction, From);
    }
}
