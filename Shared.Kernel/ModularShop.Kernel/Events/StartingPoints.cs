using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Decides where the reading of a source begins: the first time, and for a replay.</summary>
internal sealed class StartingPoints(
    ModuleIdentity subscriber,
    HandledEvents handled,
    ReadCopies copies,
    Checkpoints checkpoints,
    ILogRegistry logs
)
{
    /// <summary>The first checkpoint of a source of which nothing was read.</summary>
    public async Task<Checkpoint> First(ILogReader log, CancellationToken ct)
    {
        var last = log.LastPosition; // Read once: events that are committed later are not history.
        var place = await log.PlaceAt(subscriber.StartFrom is StartFrom.Now ? last : 0, ct);
        return new Checkpoint(log.Source, place.Epoch, place.Position, place.EventId, ReplayUntil: last, handled.NamesFrom(log.Source));
    }

    /// <summary>Why reading cannot go on from the checkpoint, and what to do; null when it can.</summary>
    public static async Task<string?> Mismatch(Checkpoint checkpoint, ILogReader log, CancellationToken ct) =>
        await log.Check(checkpoint.Place, ct) ?? checkpoint.MismatchOfReplay(log.Source, log.LastPosition);

    /// <summary>
    /// Prepares a replay of the source. It runs before the unit of work that begins the replay, because the log may be in another
    /// process. Returns null when nothing of the source was read. No pump may run meanwhile.
    /// </summary>
    /// <exception cref="ConflictException">The source is not available, or cannot be replayed.</exception>
    public async Task<Replay?> OfReplay(string source, CancellationToken ct)
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
        DeadLetterWriter.DeleteReplayed(transaction, Source, copies.ActedOnFrom(Source));
        Checkpoints.Replace(transaction, From);
    }
}
