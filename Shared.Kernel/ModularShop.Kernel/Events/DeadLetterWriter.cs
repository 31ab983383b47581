using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>Changes the dead letters of a module, and decides by them, in the writer's transaction.</summary>
internal sealed class DeadLetterWriter(TimeProvider clock)
{
    /// <summary>Whether the source has a dead letter with any status.</summary>
    public static bool Any(WriteTransaction transaction, string source) =>
        transaction.Connection.Scalar("SELECT 1 FROM dead_letters WHERE source = $source LIMIT 1", ("$source", source)) is not null;

    /// <summary>What the existing dead letters mean for an event that was read from the log.</summary>
    public static Verdict Judge(WriteTransaction transaction, Envelope envelope)
    {
        using var select = transaction.Connection.Command(
            """
            SELECT 'itself' FROM dead_letters
            WHERE source = $source AND event_id IN ($event_id, $other_id) AND position = $position
            UNION ALL
            SELECT 'key' FROM dead_letters
            WHERE source = $source AND key = $key AND status <> 'discarded' AND position < $position
            LIMIT 1
            """,
            ("$source", envelope.Source),
            ("$position", envelope.Position),
            ("$event_id", envelope.EventId.ToString()),
            ("$other_id", OtherId(envelope).ToString()),
            ("$key", envelope.Key)
        );
        return (string?)select.ExecuteScalar() switch
        {
            null => Verdict.Deliver,
            "itself" => Verdict.Skip,
            _ => Verdict.Park,
        };
    }

    public void Park(WriteTransaction transaction, Envelope envelope, Occasion occasion) =>
        Insert(transaction, envelope, DeadLetterStatus.Parked, occasion, attempts: 0, error: null, stack: null);

    public void Bury(WriteTransaction transaction, Envelope envelope, Occasion occasion, int attempts, Exception cause) =>
        Insert(transaction, envelope, DeadLetterStatus.Dead, occasion, attempts, Summary(cause), cause.ToString());

    /// <summary>
    /// Records that a retry failed: the letter is dead, and the letters parked behind it stay parked. A letter that was discarded while
    /// it was retried stays discarded.
    /// </summary>
    /// <returns>Whether the letter is dead now.</returns>
    public bool RetryFailed(WriteTransaction transaction, DeadLetter letter, Exception cause) =>
        transaction.Connection.Execute(
            """
            UPDATE dead_letters SET status = 'dead', attempts = attempts + 1, error = $error, stack = $stack, failed_at = $now
            WHERE id = $id AND status <> 'discarded'
            """,
            ("$id", letter.Id),
            ("$error", Summary(cause)),
            ("$stack", cause.ToString()),
            ("$now", clock.GetUtcNow().ToUnixTimeMilliseconds())
        ) == 1;

    public static void Delete(WriteTransaction transaction, long id) =>
        transaction.Connection.Execute("DELETE FROM dead_letters WHERE id = $id", ("$id", id));

    public static void Discard(WriteTransaction transaction, long id, string reason) =>
        transaction.Connection.Execute(
            "UPDATE dead_letters SET status = 'discarded', reason = $reason WHERE id = $id",
            ("$id", id),
            ("$reason", reason)
        );

    /// <summary>
    /// Deletes the waiting letters of a source before a rebuild delivers their events again. Discarded letters stay. Letters of events
    /// with a reaction that fills no read copy stay too: the rebuild would not call that reaction.
    /// </summary>
    public static void DeleteReplayed(WriteTransaction transaction, string source, IEnumerable<string> keptNames) =>
        transaction.Connection.Execute(
            """
            DELETE FROM dead_letters WHERE source = $source AND status <> 'discarded'
                AND (replay = $rebuild OR name NOT IN (SELECT value FROM json_each($kept)))
            """,
            ("$source", source),
            ("$rebuild", (int)Occasion.Rebuild),
            ("$kept", System.Text.Json.JsonSerializer.Serialize(keptNames))
        );

    public static DeadLetter? Find(WriteTransaction transaction, long id) =>
        DeadLetterRows.Select(transaction.Connection, "WHERE id = $id", ("$id", id)).FirstOrDefault();

    /// <summary>The earliest letter of a key that is not discarded: the first one to retry.</summary>
    public static DeadLetter? First(WriteTransaction transaction, string source, string key) =>
        DeadLetterRows
            .Select(
                transaction.Connection,
                "WHERE source = $source AND key = $key AND status <> 'discarded' ORDER BY position LIMIT 1",
                ("$source", source),
                ("$key", key)
            )
            .FirstOrDefault();

    private void Insert(
        WriteTransaction transaction,
        Envelope envelope,
        string status,
        Occasion occasion,
        int attempts,
        string? error,
        string? stack
    )
    {
        // Another program may have logged the same event id twice. Each of the events gets its own letter.
        if (HasLetter(transaction, envelope))
        {
            envelope = envelope with { EventId = OtherId(envelope) };
        }
        transaction.Connection.Execute(
            $"""
            INSERT INTO dead_letters (source, position, status, replay, attempts, error, stack, failed_at, {EnvelopeColumns.Names})
            VALUES ($source, $position, $status, $replay, $attempts, $error, $stack, $now, {EnvelopeColumns.Parameters})
            """,
            [
                ("$source", envelope.Source),
                ("$position", envelope.Position),
                ("$status", status),
                ("$replay", (int)occasion),
                ("$attempts", attempts),
                ("$error", error),
                ("$stack", stack),
                ("$now", clock.GetUtcNow().ToUnixTimeMilliseconds()),
                .. EnvelopeColumns.Values(envelope),
            ]
        );
    }

    private static bool HasLetter(WriteTransaction transaction, Envelope envelope) =>
        transaction.Connection.Scalar(
            "SELECT 1 FROM dead_letters WHERE source = $source AND event_id = $event_id",
            ("$source", envelope.Source),
            ("$event_id", envelope.EventId.ToString())
        )
            is not null;

    private static Guid OtherId(Envelope envelope) => EventIds.InPlaceOf(envelope.EventId.ToString(), envelope.Position);

    private static string Summary(Exception cause) => $"{cause.GetType().Name}: {cause.Message}";
}
