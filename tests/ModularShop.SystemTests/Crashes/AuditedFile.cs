using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ModularShop.SystemTests.Crashes;

/// <summary>What an audit reads in a module's file, with plain SQLite.</summary>
internal sealed class AuditedFile : IDisposable
{
    private readonly SqliteConnection connection;

    public AuditedFile(string directory, string module, SqliteOpenMode mode = SqliteOpenMode.ReadOnly)
    {
        connection = ModuleFile.Open(ModuleFile.Of(directory, module), mode);
        Module = module;
        Log =
        [
            .. Rows("SELECT position, event_id, name, version, key, payload FROM event_log ORDER BY position")
                .Select(row => new LoggedEvent((long)row[0], Text(row[1]), Text(row[2]), Text(row[4]), JsonElement.Parse(Text(row[5])))),
        ];
    }

    public string Module { get; }

    public IReadOnlyList<LoggedEvent> Log { get; }

    public string Epoch => Text(Rows("SELECT value FROM kernel_meta WHERE name = 'epoch'").Single()[0]);

    /// <summary>How far it has read a source's log; 0 when it has not begun.</summary>
    public Checkpoint CheckpointOf(string source) =>
        Rows($"SELECT epoch, position, event_id FROM checkpoints WHERE source = '{source}'")
            .Select(row => new Checkpoint(Text(row[0]), (long)row[1], Text(row[2])))
            .SingleOrDefault(new Checkpoint("", 0, ""));

    /// <summary>The events that could not be applied yet, in the order of the source's log.</summary>
    public IReadOnlyList<Letter> LettersOf(string source) =>
        [
            .. Rows($"SELECT position, status, key, coalesce(error, '') FROM dead_letters WHERE source = '{source}' ORDER BY position")
                .Select(row => new Letter((long)row[0], Text(row[1]), Text(row[2]), Text(row[3]))),
        ];

    /// <summary>Rows as text, sorted.</summary>
    public IReadOnlyList<string> Lines(string sql) => [.. Rows(sql).Select(row => string.Join(" | ", row)).Order(StringComparer.Ordinal)];

    public void Execute(string sql, params (string Name, object Value)[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }
        command.ExecuteNonQuery();
    }

    public void Dispose() => connection.Dispose();

    private List<object[]> Rows(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    private static string Text(object value) => value as string ?? "";
}

internal sealed record LoggedEvent(long Position, string EventId, string Name, string Key, JsonElement Data)
{
    public string Text(string property) => Data.GetProperty(property).GetString()!;

    public Guid Id(string property) => Data.GetProperty(property).GetGuid();

    /// <summary>The customer of an order or return; null for a guest.</summary>
    public Guid? Customer => Data.TryGetProperty("customerId", out var id) && id.ValueKind is JsonValueKind.String ? id.GetGuid() : null;

    public IEnumerable<Line> Lines =>
        Data.GetProperty("lines")
            .EnumerateArray()
            .Select(line => new Line(
                line.GetProperty("productId").GetGuid(),
                line.GetProperty("quantity").GetInt32(),
                line.TryGetProperty("unitPrice", out var price) ? price.GetDecimal() : 0
            ));
}

/// <summary>A line of an order, sent or logged.</summary>
internal sealed record Line(Guid Product, int Quantity, decimal UnitPrice);

internal sealed record Checkpoint(string Epoch, long Position, string EventId);

internal sealed record Letter(long Position, string Status, string Key, string Error);
