using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// A module's append-only log of the events it published. Appended to by the module's writer inside its transaction;
/// read by any number of subscribers. Positions are contiguous from 1.
/// </summary>
internal sealed class EventLog : ILogReader, IDisposable
{
    private const string Insert = $"INSERT INTO event_log ({EnvelopeColumns.Names}) VALUES ({EnvelopeColumns.Parameters})";

    private readonly ModuleDatabase database;
    private readonly EventTail tail;
    private readonly int maxCharacters;

    public EventLog(string source, ModuleDatabase database, DeliveryOptions options)
    {
        Source = source;
        this.database = database;
        maxCharacters = options.TailBytes;
        tail = new EventTail(ReadLastPosition(database.Writer), options.TailEvents, options.TailBytes);
    }

    public string Source { get; }

    public string Epoch => database.Epoch;

    public long LastPosition => tail.LastPosition;

    /// <summary>Appends within the writer's transaction; the envelope's position is given here and taken back by a rollback.</summary>
    public Envelope Append(Envelope envelope) =>
        envelope with
        {
            Position = database.Writer.Statement(Insert).Insert(EnvelopeColumns.Values(envelope)),
            // As the file has it, so that a subscriber is told the same live, later and in a rebuild.
            OccurredAt = StoredTime.Cut(envelope.OccurredAt),
        };

    /// <summary>Makes events known to subscribers, after their transaction was committed.</summary>
    public void Committed(IReadOnlyList<Envelope> envelopes) => tail.Push(envelopes);

    public async ValueTask<IReadOnlyList<Envelope>> ReadAsync(long after, int max, CancellationToken ct)
    {
        await tail.WaitAfter(after, ct);
        // The file may hold more than was made known; whoever read that would seem to be ahead of the log.
        return tail.After(after, max) ?? ReadFile(after, (int)Math.Min(max, LastPosition - after), maxCharacters: maxCharacters);
    }

    public Task WaitUntilClosed(CancellationToken ct) => tail.WaitUntilClosed(ct);

    /// <summary>Up to <paramref name="max"/> committed events after a position, from the file; of one name or key if it is given.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public IReadOnlyList<Envelope> ReadFile(
        long after,
        int max,
        string? name = null,
        string? key = null,
        long maxCharacters = long.MaxValue
    ) => database.Read(connection => ReadFile(connection, after, max, name, key, maxCharacters));

    /// <exception cref="StorageException">The file cannot be read.</exception>
    public Guid? EventAt(long position) => database.Read(connection => EventAt(connection, position));

    public void Dispose() => tail.Close();

    private List<Envelope> ReadFile(SqliteConnection connection, long after, int max, string? name, string? key, long maxCharacters)
    {
        using var select = connection.CreateCommand();
        select.CommandText = $"""
            SELECT position, {EnvelopeColumns.Names} FROM event_log
            WHERE position > $after AND ($name IS NULL OR name = $name) AND ($key IS NULL OR key = $key)
            ORDER BY position LIMIT $max
            """;
        select.Parameters.AddWithValue("$after", after);
        select.Parameters.AddWithValue("$max", max);
        select.Parameters.AddWithValue("$name", (object?)name ?? DBNull.Value);
        select.Parameters.AddWithValue("$key", (object?)key ?? DBNull.Value);
        using var rows = select.ExecuteReader();
        var events = new List<Envelope>();
        var characters = 0L;
        while (characters < maxCharacters && rows.Read())
        {
            var envelope = EnvelopeColumns.Read(rows, Source, rows.GetInt64(0), column: 1);
            events.Add(envelope);
            characters += envelope.Payload.Length;
        }
        return events;
    }

    public static Guid? EventAt(SqliteConnection connection, long position)
    {
        var found = connection.Scalar("SELECT event_id FROM event_log WHERE position = $position", ("$position", position));
        return found is null ? null : EventIds.At(position, found);
    }

    public static long ReadLastPosition(SqliteConnection connection)
    {
        // What was given out last, even if the newest events were pruned.
        return (long)connection.Scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event_log'), 0)")!;
    }
}
