using System.Globalization;
using System.Text.Json;
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
    // What is nested deeper could not be written into an answer.
    private static readonly JsonDocumentOptions Shown = new() { MaxDepth = 48 };

    /// <summary>What is wrong with the row that it was read from; null when all is well.</summary>
    public Damage? Damage { get; init; }

    /// <summary>
    /// The same as a CloudEvents 1.0 JSON object; position, version and causation are extension attributes, and so is what is
    /// wrong with it. A payload that is no JSON is given as text.
    /// </summary>
    public JsonObject ToCloudEvent()
    {
        var cloudEvent = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = EventId.ToString(),
            ["source"] = $"/{Source}",
            ["type"] = Name,
            ["subject"] = Key,
            ["time"] = OccurredAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
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
        if (Damage is not null)
        {
            cloudEvent["damage"] = Damage.Text;
            if (Damage.IsOf("occurred_at"))
            {
                cloudEvent.Remove("time");
            }
        }
        if (TryParsePayload(out var data))
        {
            cloudEvent["data"] = data;
        }
        else
        {
            cloudEvent["datacontenttype"] = "text/plain";
            cloudEvent["data"] = Payload;
        }
        return cloudEvent;
    }

    private bool TryParsePayload(out JsonNode? data)
    {
        data = null;
        if (Damage?.IsOf("payload") is true)
        {
            return false;
        }
        try
        {
            data = JsonNode.Parse(Payload, documentOptions: Shown);
            _ = data?.ToJsonString(); // Half of a surrogate pair can be parsed, and not written.
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            data = null;
            return false;
        }
    }
}
