using System.Text.Json.Nodes;

namespace ModularShop.Kernel.Events;

/// <summary>An event as it stands in a log: its serialised payload and what is known about it.</summary>
internal sealed record Envelope(
    long Position,
    Guid EventId,
    string Source,
    string Name,
    int Version,
    string Key,
    DateTimeOffset OccurredAt,
    string CorrelationId,
    Guid? CausationId,
    string? TraceParent,
    string Payload
)
{
    /// <summary>The same as a CloudEvents 1.0 JSON object; position, version and causation are extension attributes.</summary>
    public JsonObject ToCloudEvent()
    {
        var cloudEvent = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = EventId.ToString(),
            ["source"] = $"/{Source}",
            ["type"] = Name,
            ["subject"] = Key,
            ["time"] = OccurredAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
            ["datacontenttype"] = "application/json",
            ["eventversion"] = Version,
            ["position"] = Position,
            ["correlationid"] = CorrelationId,
        };
        if (CausationId is { } causation)
        {
            cloudEvent["causationid"] = causation.ToString();
        }
        if (TraceParent is not null)
        {
            cloudEvent["traceparent"] = TraceParent;
        }
        cloudEvent["data"] = JsonNode.Parse(Payload);
        return cloudEvent;
    }
}
