using System.Data.Common;

namespace ModularShop.Kernel.Events;

/// <summary>How an envelope stands in a row, in a log and among the dead letters alike.</summary>
internal static class EnvelopeColumns
{
    /// <summary>All but source and position, which each table keeps in its own way.</summary>
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

    /// <summary>Reads <see cref="Names"/> from the given column on. Whatever is there, it can be shown; what is wrong is told.</summary>
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

    // A dead letter of a damaged row keeps what was there, so that a retry does not take its replacement for what was published.
    // What only tells where the event comes from is left out.
    private static object? Content(Envelope envelope, string column, object value) =>
        envelope.Damage?.Stored.TryGetValue(column, out var stored) is true ? stored ?? "" : value;
}
