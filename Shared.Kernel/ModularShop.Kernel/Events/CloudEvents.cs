using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Converts envelopes to and from CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec, JSON event format). Fields that
/// CloudEvents does not define are extension attributes. The payload is written byte for byte as it is logged; a payload that is not
/// JSON is written as text.
/// </summary>
internal static class CloudEvents
{
    private const string Json = "application/json";
    private const string Text = "text/plain";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // A deeper payload is written as text: JSON readers accept 64 levels by default, and the answer adds some around the payload.
    private static readonly JsonReaderOptions Shown = new() { MaxDepth = 48 };

    /// <summary>The envelope as a separate JSON element.</summary>
    public static JsonElement Of(Envelope envelope)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json, envelope);
        }
        using var document = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        return document.RootElement.Clone();
    }

    public static void Write(Utf8JsonWriter json, Envelope envelope)
    {
        var damage = envelope.Damage;
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", envelope.EventId);
        json.WriteString("source", $"/{envelope.Source}");
        json.WriteString("type", envelope.Name);
        json.WriteString("subject", envelope.Key);
        if (damage?.IsOf("occurred_at") is not true)
        {
            json.WriteString("time", envelope.OccurredAt.ToString(TimeFormat, CultureInfo.InvariantCulture));
        }
        json.WriteNumber("eventversion", envelope.Version);
        json.WriteNumber("position", envelope.Position);
        json.WriteString("correlationid", envelope.CorrelationId);
        WriteIfAny(json, "causationid", envelope.CausationId?.ToString());
        WriteIfAny(json, "traceparent", envelope.TraceParent);
        WriteIfAny(json, "actor", envelope.Actor);
        WriteIfAny(json, "damage", damage?.Text);
        WriteIfAny(json, "damagedcolumns", damage is null ? null : string.Join(' ', damage.Stored.Keys));
        var payload = Encoding.UTF8.GetBytes(envelope.Payload);
        if (damage?.IsOf("payload") is not true && CanBeRead(payload))
        {
            json.WriteString("datacontenttype", Json);
            json.WritePropertyName("data");
            json.WriteRawValue(payload, skipInputValidation: true);
        }
        else
        {
            json.WriteString("datacontenttype", Text);
            json.WriteString("data", envelope.Payload);
        }
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">The element is not in the form that <see cref="Write"/> produces.</exception>
    public static Envelope Read(JsonElement cloudEvent)
    {
        try
        {
            var data = cloudEvent.GetProperty("data");
            var damage = Optional(cloudEvent, "damage");
            return new Envelope(
                cloudEvent.GetProperty("position").GetInt64(),
                cloudEvent.GetProperty("id").GetGuid(),
                Required(cloudEvent, "source").TrimStart('/'),
                Required(cloudEvent, "type"),
                cloudEvent.GetProperty("eventversion").GetInt32(),
                Required(cloudEvent, "subject"),
                cloudEvent.TryGetProperty("time", out var time) ? time.GetDateTimeOffset() : DateTimeOffset.UnixEpoch,
                Required(cloudEvent, "correlationid"),
                Optional(cloudEvent, "causationid") is { } causation ? Guid.Parse(causation) : null,
                Optional(cloudEvent, "traceparent"),
                Required(cloudEvent, "datacontenttype") == Json ? data.GetRawText() : data.GetString()!,
                Optional(cloudEvent, "actor")
            )
            {
                Damage = damage is null ? null : new Damage(damage, Columns(Required(cloudEvent, "damagedcolumns"))),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"It is no event of a log: {e.Message}", e);
        }
    }

    // The codec does not transfer the damaged values themselves, only the names of their columns.
    private static Dictionary<string, object?> Columns(string names) => names.Split(' ').ToDictionary(name => name, _ => (object?)null);

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Required(JsonElement cloudEvent, string name) =>
        cloudEvent.GetProperty(name).GetString() ?? throw new FormatException($"Its {name} is null.");

    private static string? Optional(JsonElement cloudEvent, string name) =>
        cloudEvent.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool CanBeRead(ReadOnlySpan<byte> payload)
    {
        try
        {
            var json = new Utf8JsonReader(payload, Shown);
            while (json.Read())
            {
                // JSON allows an unpaired surrogate in an escape sequence, but GetString throws for it: such a payload is written as
                // text.
                if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && json.ValueIsEscaped)
                {
                    _ = json.GetString();
                }
            }
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
