using System.Data.Common;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>The dead letters of a module, in its own file. Changes are made in the writer's transaction.</summary>
internal sealed class DeadLetters(ModuleDatabase database, TimeProvider clock)
{
    private const string Columns =
        "id, status, source, position, replay, attempts, error, stack, failed_at, reason, " + EnvelopeColumns.Names;

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

    /// <summary>Records that a retry failed: the letter is dead, and the letters parked behind it stay parked.</summary>
    public void RetryFailed(WriteTransaction transaction, DeadLetter letter, Exception cause) =>
        transaction.Connection.Execute(
            """
            UPDATE dead_letters SET status = 'dead', attempts = attempts + 1, error = $error, stack = $stack, failed_at = $now
            WHERE id = $id
            """,
            ("$id", letter.Id),
            ("$error", Summary(cause)),
            ("$stack", cause.ToString()),
            ("$now", clock.GetUtcNow().ToUnixTimeMilliseconds())
        );

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
        Select(transaction.Connection, "WHERE id = $id", ("$id", id)).FirstOrDefault();

    /// <summary>The earliest letter of a key that is not discarded: the first one to retry.</summary>
    public static DeadLetter? First(WriteTransaction transaction, string source, string key) =>
        Select(
                transaction.Connection,
                "WHERE source = $source AND key = $key AND status <> 'discarded' ORDER BY position LIMIT 1",
                ("$source", source),
                ("$key", key)
            )
            .FirstOrDefault();

    public DeadLetter? Find(long id) => database.Read(connection => Select(connection, "WHERE id = $id", ("$id", id)).FirstOrDefault());

    /// <summary>
    /// Letters after an id, oldest first, optionally of one status. Returns fewer than the limit once their texts reach <paramref
    /// name="maxCharacters"/>.
    /// </summary>
    public IReadOnlyList<DeadLetter> List(string? status, long afterId, int limit, long maxCharacters = long.MaxValue) =>
        database.Read(connection =>
        {
            var letters = new List<DeadLetter>();
            var characters = 0L;
            foreach (
                var letter in Select(
                    connection,
                    "WHERE id > $after AND ($status IS NULL OR status = $status) ORDER BY id LIMIT $limit",
                    ("$after", afterId),
                    ("$status", status),
                    ("$limit", limit)
                )
            )
            {
                letters.Add(letter);
                characters += letter.Characters;
                if (characters >= maxCharacters)
                {
                    break;
                }
            }
            return letters;
        });

    /// <summary>
    /// Keys whose first letter is parked. The dead letter before it is gone, but the process ended before the parked one was delivered.
    /// </summary>
    public IReadOnlyList<(string Source, string Key)> Unblocked() => database.Read(Unblocked);

    /// <summary>Whether its key has no dead letter any more.</summary>
    public bool IsUnblocked(DeadLetter letter) => Unblocked().Contains((letter.Envelope.Source, letter.Envelope.Key));

    public (long Dead, long Parked) Count(string source) => database.Read(connection => Count(connection, source));

    /// <summary>The number of letters in a file, optionally of one source.</summary>
    public static (long Dead, long Parked) Count(DbConnection connection, string? source)
    {
        using var select = connection.Command(
            """
            SELECT count(*) FILTER (WHERE status = 'dead'), count(*) FILTER (WHERE status = 'parked')
            FROM dead_letters WHERE $source IS NULL OR source = $source
            """,
            ("$source", source)
        );
        using var row = select.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>The distinct event names among the letters that are not discarded.</summary>
    public IReadOnlyList<string> OpenNames() =>
        database.Read(connection => connection.Texts("SELECT DISTINCT name FROM dead_letters WHERE status <> 'discarded'"));

    private static List<(string Source, string Key)> Unblocked(DbConnection connection)
    {
        using var select = connection.CreateCommand();
        select.CommandText = """
            SELECT source, key FROM dead_letters WHERE status = 'parked'
            EXCEPT SELECT source, key FROM dead_letters WHERE status = 'dead'
            """;
        using var rows = select.ExecuteReader();
        var keys = new List<(string, string)>();
        while (rows.Read())
        {
            keys.Add((rows.GetString(0), rows.GetString(1)));
        }
        return keys;
    }

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

    // Streams the rows, as a payload can be large.
    private static IEnumerable<DeadLetter> Select(DbConnection connection, string where, params (string Name, object? Value)[] values)
    {
        using var select = connection.Command($"SELECT {Columns} FROM dead_letters {where}", values);
        using var row = select.ExecuteReader();
        while (row.Read())
        {
            // A damaged letter is listed too: a person has to see it.
            var columns = new UncertainColumns(row);
            yield return new DeadLetter(
                row.GetInt64(0),
                columns.Text(1, "status"),
                EnvelopeColumns.Read(row, columns.Text(2, "source"), columns.Number(3, "position", 0, long.MaxValue), column: 10),
                (Occasion)columns.Number(4, "replay", 0, (long)Occasion.Rebuild),
                (int)columns.Number(5, "attempts", 0, int.MaxValue),
                columns.OptionalText(6, "error"),
                columns.OptionalText(7, "stack"),
                columns.Time(8, "failed_at"),
                columns.OptionalText(9, "reason")
            );
        }
    }
}
