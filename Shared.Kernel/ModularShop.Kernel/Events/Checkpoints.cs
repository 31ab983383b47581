using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>How far a subscriber has come in a source's log. Events up to <see cref="ReplayUntil"/> are history.</summary>
internal sealed record Checkpoint(string Source, string Epoch, long Position, long ReplayUntil);

/// <summary>A module's checkpoints, in its own file; moved in the transaction that applies the events.</summary>
internal sealed class Checkpoints(ModuleDatabase database)
{
    public static void Save(WriteTransaction transaction, Checkpoint checkpoint)
    {
        using var upsert = transaction.Connection.CreateCommand();
        upsert.CommandText = """
            INSERT INTO checkpoints (source, epoch, position, replay_until) VALUES ($source, $epoch, $position, $replay_until)
            ON CONFLICT (source) DO UPDATE SET
                epoch = excluded.epoch, position = excluded.position, replay_until = excluded.replay_until
            """;
        upsert.Parameters.AddWithValue("$source", checkpoint.Source);
        upsert.Parameters.AddWithValue("$epoch", checkpoint.Epoch);
        upsert.Parameters.AddWithValue("$position", checkpoint.Position);
        upsert.Parameters.AddWithValue("$replay_until", checkpoint.ReplayUntil);
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
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT source, epoch, position, replay_until FROM checkpoints ORDER BY source";
        using var rows = select.ExecuteReader();
        var checkpoints = new List<Checkpoint>();
        while (rows.Read())
        {
            checkpoints.Add(new(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3)));
        }
        return checkpoints;
    }
}
