using System.Data.Common;

namespace ModularShop.Kernel.Events;

/// <summary>The columns of an envelope, the same in the log and among the dead letters.</summary>
internal static class EnvelopeColumns
{
    /// <summary>All columns but source and position, which each table stores in its own way.</summary>
    public const string Names = "event_id, name, version, key, occurred_at, correlation_id, causation_id, trace_parent, payload, actor";

    public const string Parameters =
        "$event_id, $name, $version, $key, $occurred_at, $correlation_id, $causation_id, $trace_parent, $payload, $actor";

    public static (string Name, object? Value)[] Values(Envelope envelope) =>
        [
            ("$event_id", envelope.EventId.ToString()),
            ("$name", Content(envelope, "name", envelope.Name)),
            ("$version", Content(envelope, "version", envelope.Version)),
            ("$key", envelope.Key),
            ("$occurred_at", Content(envelope, "occurred_at", envelope.OccurredAt.ToUnixTimeMilliseconds())),
            ("$correlation_id", envelope.CorrelationId),
            ("$causation_id", envelope.CausationId?.ToString()),
            ("$trace_parent", envelope.TraceParent),
            ("$payload", Content(envelope, "payload", envelope.Payload)),
            ("$actor", envelope.Actor),
        ];

    /// <summary>
    /// Reads <see cref="Names"/> from the given column on. Never fails on unexpected values: they are reported in <see
    /// cref="Envelope.Damage"/>.
    /// </summary>
    public static Envelope Read(DbDataReader row, string source, long position, int column)
    {
        var columns = new UncertainColumns(row);
        var envelope = new Envelope(
            position,
            columns.EventId(column, "event_id", position),
            source,
            columns.Text(column + 1, "name", canBeEmpty: false),
            (int)columns.Number(column + 2, "version", least: 1, greatest: int.MaxValue),
            columns.Text(column + 3, "key", canBeEmpty: false),
            columns.Time(column + 4, "occurred_at"),
            columns.Text(column + 5, "correlation_id"),
            columns.OptionalId(column + 6, "causation_id"),
            columns.OptionalText(column + 7, "trace_parent"),
            columns.Text(column + 8, "payload"),
            columns.OptionalText(column + 9, "actor")
        );
        return columns.Damage is { } damage ? envelope with { Damage = damage } : envelope;
    }

    // The dead letter of a damaged row keeps the original values, so that a retry does not treat their replacements as what was
    // published. Columns that only describe the origin of the event are left out.
    private static object? Content(Envelope envelope, string column, object value) =>
        envelope.Damage?.Stored.TryGetValue(column, out var stored) is true ? stored ?? "" : value;
}
