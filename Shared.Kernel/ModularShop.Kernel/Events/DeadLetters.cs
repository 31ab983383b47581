using System.Data.Common;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>The dead letters in a module's file, as operators see them. <see cref="DeadLetterWriter"/> changes them.</summary>
internal sealed class DeadLetters(ModuleDatabase database)
{
    public DeadLetter? Find(long id) =>
        database.Read(connection => DeadLetterRows.Select(connection, "WHERE id = $id", ("$id", id)).FirstOrDefault());

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
                var letter in DeadLetterRows.Select(
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

    /// <summary>The payloads of a key's letters that are not discarded.</summary>
    public IReadOnlyList<string> PayloadsOf(string source, string key) =>
        database.Read(connection =>
            connection.Texts(
                "SELECT payload FROM dead_letters WHERE source = $source AND key = $key AND status <> 'discarded'",
                ("$source", source),
                ("$key", key)
            )
        );

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
}
