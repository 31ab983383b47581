using System.Data.Common;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>How far a subscriber has read a source's log. Events up to <see cref="ReplayUntil"/> are history.</summary>
/// <param name="EventId">The id of the event at the position. It shows whether the log was set back and has grown again since.</param>
/// <param name="Handled">The event names that the subscriber handled when it began: events with these names were never skipped.</param>
internal sealed record Checkpoint(
    string Source,
    string Epoch,
    long Position,
    Guid? EventId,
    long ReplayUntil,
    IReadOnlyList<string> Handled
)
{
    /// <summary>
    /// Events up to this position were applied before the read copies were cleared. They are replayed to the read copies only.
    /// </summary>
    public long RebuildUntil { get; init; }

    /// <summary>
    /// Up to this position, a read copy of the source is incomplete: a replay or the reading of history has not finished.
    /// </summary>
    public long FilledAt => Math.Max(ReplayUntil, RebuildUntil);

    public LogPlace Place => new(Epoch, Position, EventId);

    public Occasion OccasionOf(Envelope envelope) =>
        envelope.Position <= RebuildUntil ? Occasion.Rebuild
        : envelope.Position <= ReplayUntil ? Occasion.History
        : Occasion.Live;

    /// <summary>Why the checkpoint does not fit the log, and what to do; null when it fits.</summary>
    public string? Mismatch(ILogIdentity log) => Place.Mismatch(log) ?? MismatchOfReplay(log.Source, log.LastPosition);

    /// <summary>The part of <see cref="Mismatch"/> that concerns replays, for callers that have checked the place already.</summary>
    public string? MismatchOfReplay(string source, long lastPosition) =>
        FilledAt > lastPosition ? LogPlace.Ahead(FilledAt, source, lastPosition) : null;
}

/// <summary>A module's checkpoints, in its own file. A checkpoint moves in the transaction that applies the events.</summary>
internal sealed class Checkpoints(ModuleDatabase database)
{
    public static void Insert(WriteTransaction transaction, Checkpoint checkpoint) =>
        transaction.Connection.Execute(
            """
            INSERT INTO checkpoints (source, epoch, position, event_id, replay_until, rebuild_until, handled)
            VALUES ($source, $epoch, $position, $event_id, $replay_until, $rebuild_until, $handled)
            """,
            ("$source", checkpoint.Source),
            ("$epoch", checkpoint.Epoch),
            ("$position", checkpoint.Position),
            ("$event_id", checkpoint.EventId?.ToString()),
            ("$replay_until", checkpoint.ReplayUntil),
            ("$rebuild_until", checkpoint.RebuildUntil),
            ("$handled", string.Join(' ', checkpoint.Handled))
        );

    /// <summary>Moves a checkpoint forward from the position where the caller believes it to be.</summary>
    /// <exception cref="CheckpointMovedException">The file has another position. The transaction must be rolled back.</exception>
    public static void Move(WriteTransaction transaction, Checkpoint from, Checkpoint to)
    {
        var moved = transaction.Connection.Execute(
            """
            UPDATE checkpoints SET position = $position, event_id = $event_id
            WHERE source = $source AND epoch = $epoch AND position = $from
            """,
            ("$source", from.Source),
            ("$epoch", from.Epoch),
            ("$from", from.Position),
            ("$position", to.Position),
            ("$event_id", to.EventId?.ToString())
        );
        if (moved != 1)
        {
            throw new CheckpointMovedException(from);
        }
    }

    /// <summary>Replaces the checkpoint of a source.</summary>
    public static void Replace(WriteTransaction transaction, Checkpoint checkpoint)
    {
        transaction.Connection.Execute("DELETE FROM checkpoints WHERE source = $source", ("$source", checkpoint.Source));
        Insert(transaction, checkpoint);
    }

    public Checkpoint? Find(string source) => All().FirstOrDefault(checkpoint => checkpoint.Source == source);

    public IReadOnlyList<Checkpoint> All() => database.Read(Read);

    public static IReadOnlyList<Checkpoint> Read(DbConnection connection)
    {
        using var select = connection.CreateCommand();
        // This also reads the file of an older build, which is not upgraded for that.
        var rebuildUntil = KernelSchema.Version(connection) < 2 ? "0" : "rebuild_until";
        select.CommandText =
            $"SELECT source, epoch, position, event_id, replay_until, handled, {rebuildUntil} FROM checkpoints ORDER BY source";
        using var rows = select.ExecuteReader();
        var checkpoints = new List<Checkpoint>();
        while (rows.Read())
        {
            checkpoints.Add(
                new Checkpoint(
                    rows.GetString(0),
                    rows.GetString(1),
                    rows.GetInt64(2),
                    rows.IsDBNull(3) ? null : EventIds.At(rows.GetInt64(2), rows.GetString(3)),
                    rows.GetInt64(4),
                    rows.GetString(5).Split(' ')
                )
                {
                    RebuildUntil = rows.GetInt64(6),
                }
            );
        }
        return checkpoints;
    }
}

/// <summary>
/// The checkpoint in the file is not where the pump believes it to be. The pump reads it again and continues from there.
/// </summary>
internal sealed class CheckpointMovedException(Checkpoint from)
    : Exception($"The checkpoint of '{from.Source}' is no longer at position {from.Position}.");
