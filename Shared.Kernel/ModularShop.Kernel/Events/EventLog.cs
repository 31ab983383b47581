using System.Data.Common;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>
/// A module's append-only log of the events it published. The module's writer appends in its transaction; any number of subscribers
/// read. Positions are contiguous from 1.
/// </summary>
internal sealed class EventLog : ILogReader, ILogIdentity, IDisposable
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
        database.LastPosition = KernelSchema.LastPosition(database.Writer);
        tail = new EventTail(database.LastPosition, options.TailEvents, options.TailBytes);
    }

    public string Source { get; }

    public string Epoch => database.Epoch;

    /// <summary>Differs each time the module is started.</summary>
    public string Instance { get; } = Guid.CreateVersion7().ToString("N");

    public long LastPosition => tail.LastPosition;

    /// <summary>Appends in the writer's transaction. The result has the event's position; a rollback gives the position back.</summary>
    public Envelope Append(Envelope envelope) =>
        envelope with
        {
            Position = database.Writer.Statement(Insert).Insert(EnvelopeColumns.Values(envelope)),
            // Cut to the precision of the file, so that subscribers get the same time live, later and in a rebuild.
            OccurredAt = StoredTime.Cut(envelope.OccurredAt),
        };

    /// <summary>Announces events to subscribers after their transaction was committed.</summary>
    public void Committed(IReadOnlyList<Envelope> envelopes)
    {
        tail.Push(envelopes);
        database.LastPosition = tail.LastPosition;
    }

    public ValueTask<LogPlace> PlaceAt(long position, CancellationToken ct) => new(new LogPlace(Epoch, position, EventAt(position)));

    public ValueTask<string?> Check(LogPlace place, CancellationToken ct) => new(place.Mismatch(this));

    public async ValueTask<IReadOnlyList<Envelope>> ReadAsync(LogPlace after, int max, CancellationToken ct)
    {
        Refuse(after);
        await tail.WaitAfter(after.Position, ct);
        // The file may hold events that were not announced yet. A subscriber that reads them would appear to be ahead of the log.
        return tail.After(after.Position, max)
            ?? ReadFile(after.Position, (int)Math.Min(max, LastPosition - after.Position), maxCharacters: maxCharacters);
    }

    public ValueTask<IReadOnlyDictionary<Guid, byte[]>> KeysOf(IReadOnlyCollection<Guid> persons, CancellationToken ct) =>
        new(database.Read(connection => PersonKeys.Of(connection, persons)));

    public Task WaitUntilClosed(CancellationToken ct) => tail.WaitUntilClosed(ct);

    /// <summary>
    /// Reads up to <paramref name="max"/> committed events after a position from the file, optionally of one name or key.
    /// </summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public IReadOnlyList<Envelope> ReadFile(
        long after,
        int max,
        string? name = null,
        string? key = null,
        long maxCharacters = long.MaxValue
    ) => database.Read(connection => ReadFile(connection, after, max, name, key, maxCharacters));

    /// <summary>The number of the events in a part of the log, and the bytes of their payloads, by their names.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public IReadOnlyList<(string Name, long Count, long Bytes)> Sizes(long after, long last) =>
        database.Read(connection => Sizes(connection, after, last));

    /// <exception cref="StorageException">The file cannot be read.</exception>
    public Guid? EventAt(long position) => database.Read(connection => EventAt(connection, position));

    public void Dispose() => tail.Close();

    // The event is usually still in memory, and the file need not be read.
    private void Refuse(LogPlace place)
    {
        if (place.Epoch == Epoch && (place.Position == 0 || tail.Find(place.Position)?.EventId == place.EventId))
        {
            return;
        }
        if (place.Mismatch(this) is { } mismatch)
        {
            throw new LogMismatchException(mismatch);
        }
    }

    private List<Envelope> ReadFile(DbConnection connection, long after, int max, string? name, string? key, long maxCharacters)
    {
        using var select = connection.Command(
            $"""
            SELECT position, {EnvelopeColumns.Names} FROM event_log
            WHERE position > $after AND ($name IS NULL OR name = $name) AND ($key IS NULL OR key = $key)
            ORDER BY position LIMIT $max
            """,
            ("$after", after),
            ("$max", max),
            ("$name", name),
            ("$key", key)
        );
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

    private static List<(string Name, long Count, long Bytes)> Sizes(DbConnection connection, long after, long last)
    {
        using var select = connection.Command(
            """
            SELECT CAST(name AS TEXT), COUNT(*), SUM(OCTET_LENGTH(payload)) FROM event_log
            WHERE position > $after AND position <= $last GROUP BY 1 ORDER BY 1
            """,
            ("$after", after),
            ("$last", last)
        );
        using var rows = select.ExecuteReader();
        var sizes = new List<(string Name, long Count, long Bytes)>();
        while (rows.Read())
        {
            sizes.Add((rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        }
        return sizes;
    }

    public static Guid? EventAt(DbConnection connection, long position)
    {
        var found = connection.Scalar("SELECT event_id FROM event_log WHERE position = $position", ("$position", position));
        return found is null ? null : EventIds.At(position, found);
    }
}
