using Microsoft.Data.Sqlite;

namespace ModularShop.Kernel.Events;

/// <summary>How an envelope stands in a row, in a log and among the dead letters alike.</summary>
internal static class EnvelopeColumns
{
    /// <summary>All but source and position, which each table keeps in its own way.</summary>
    public const string Names = "event_id, name, version, key, occurred_at, correlation_id, causation_id, trace_parent, payload";

    public const string Parameters =
        "$event_id, $name, $version, $key, $occurred_at, $correlation_id, $causation_id, $trace_parent, $payload";

    public static (string Name, object? Value)[] Values(Envelope envelope) =>
        [
            ("$event_id", envelope.EventId.ToString()),
            ("$name", envelope.Name),
            ("$version", envelope.Version),
            ("$key", envelope.Key),
            ("$occurred_at", envelope.OccurredAt.ToUnixTimeMilliseconds()),
            ("$correlation_id", envelope.CorrelationId),
            ("$causation_id", envelope.CausationId?.ToString()),
            ("$trace_parent", envelope.TraceParent),
            ("$payload", envelope.Payload),
        ];

    /// <summary>Reads <see cref="Names"/> from the given column on.</summary>
    public static Envelope Read(SqliteDataReader row, string source, long position, int column) =>
        new(
            position,
            Guid.Parse(row.GetString(column)),
            source,
            row.GetString(column + 1),
            row.GetInt32(column + 2),
            row.GetString(column + 3),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column + 4)),
            row.GetString(column + 5),
            row.IsDBNull(column + 6) ? null : Guid.Parse(row.GetString(column + 6)),
            row.IsDBNull(column + 7) ? null : row.GetString(column + 7),
            row.GetString(column + 8)
        );
}
