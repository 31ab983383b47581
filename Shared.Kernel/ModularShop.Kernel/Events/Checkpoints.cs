using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>How far a subscriber has come in a source's log. Events up to <see cref="ReplayUntil"/> are history.</summary>
/// <param name="EventId">The event at the position, by which a log that was set back and grew again is told from the one read.</param>
/// <param name="Handled">The names that were handled when it began: the events of these were never skipped.</param>
internal sealed record Checkpoint(
    string Source,
    string Epoch,
    long Position,
    Guid? EventId,
    long ReplayUntil,
    IReadOnlyList<string> Handled
)
{
    /// <summary>Why it does not belong to the log, and what to do; null when it does.</summary>
    public string? Mismatch(ILogIdentity log) =>
        Epoch != log.Epoch
            ? $"The log of '{log.Source}' is another one than the one read so far: its file was replaced. "
                + "Rebuild this module from the new log, or put the old file back."
        : Position > log.LastPosition
            ? $"The checkpoint {Position} is ahead of the log of '{log.Source}', which ends at {log.LastPosition}: "
                + "its file was restored from an older copy. Rebuild this module, or put the newer file back."
        : EventId != log.EventAt(Position)
            ? $"The log of '{log.Source}' has another event at position {Position} than the one read: its file was "
                + "restored from an older copy and has grown since. Rebuild this module."
        : null;
}

/// <summary>A module's checkpoints, in its own file; moved in the transaction that applies the events.</summary>
internal sealed class Checkpoints(ModuleDatabase database)
{
    public static void Save(WriteTransaction transaction, Checkpoint checkpoint)
    {
        using var upsert = transaction.Connection.CreateCommand();
        upsert.CommandText = """
            INSERT INTO checkpoints (source, epoch, position, event_id, replay_until, handled)
            VALUES ($source, $epoch, $position, $event_id, $replay_until, $handled)
            ON CONFLICT (source) DO UPDATE SET position = excluded.position, event_id = excluded.event_id
            """;
        upsert.Parameters.AddWithValue("$source", checkpoint.Source);
        upsert.Parameters.AddWithValue("$epoch", checkpoint.Epoch);
        upsert.Parameters.AddWithValue("$position", checkpoint.Position);
        upsert.Parameters.AddWithValue("$event_id", (object?)checkpoint.EventId?.ToString() ?? DBNull.Value);
        upsert.Parameters.AddWithValue("$replay_until", checkpoint.ReplayUntil);
        upsert.Parameters.AddWithValue("$handled", string.Join(' ', checkpoint.Handled));
        upsert.ExecuteNonQuery();
    }

    public static void DeleteAll(WriteTransaction transaction)
    {
        using var delete = transaction.Connection.CreateCommand();
        delete.CommandText = "DELETE FROM checkpoints";
        delete.ExecuteNonQuery();
    }

    public Checkpoint? Find(string source) => All().FirstOrDefault(checkpoint => checkpoint.Source == source);

    public IReadOnlyList<Checkpoint> All()
    {
        using var connection = database.OpenReadOnly();
        return Read(connection);
    }

    public static IReadOnlyList<Checkpoint> Read(SqliteConnection connection)
    {
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT source, epoch, position, event_id, replay_until, handled FROM checkpoints ORDER BY source";
        using var rows = select.ExecuteReader();
        var checkpoints = new List<Checkpoint>();
        while (rows.Read())
        {
            checkpoints.Add(
                new Checkpoint(
                    rows.GetString(0),
                    rows.GetString(1),
                    rows.GetInt64(2),
                    rows.IsDBNull(3) ? null : Guid.Parse(rows.GetString(3)),
                    rows.GetInt64(4),
                    rows.GetString(5).Split(' ')
                )
            );
        }
        return checkpoints;
    }
}
