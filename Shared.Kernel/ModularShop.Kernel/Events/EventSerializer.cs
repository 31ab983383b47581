using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ModularShop.Kernel.Events;

/// <summary>
/// How events are written to a log and read from it. A module has one of its own, as what it knows of types goes with the module.
/// </summary>
internal sealed class EventSerializer
{
    private readonly JsonSerializerOptions json = NewOptions();

    /// <summary>What is read must have every field that is neither nullable nor has a default.</summary>
    internal static JsonSerializerOptions NewOptions() =>
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutKey, Require } },
        };

    public string Serialize(IntegrationEvent integrationEvent) =>
        JsonSerializer.Serialize(integrationEvent, integrationEvent.GetType(), json);

    /// <exception cref="JsonException">The payload does not have the shape of the event.</exception>
    public IntegrationEvent Deserialize(EventType type, string payload) =>
        (IntegrationEvent?)JsonSerializer.Deserialize(payload, type.Clr, json)
        ?? throw new JsonException($"The payload of {type.Name} is null.");

    /// <exception cref="JsonException">The payload does not have the shape of the event.</exception>
    public IntegrationEvent Deserialize(EventType type, JsonObject payload) =>
        (IntegrationEvent?)payload.Deserialize(type.Clr, json) ?? throw new JsonException($"The payload of {type.Name} is null.");

    // The key stands in the envelope and is computed from the payload.
    private static void LeaveOutKey(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(IntegrationEvent)))
        {
            return;
        }
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].AttributeProvider is PropertyInfo { Name: nameof(IntegrationEvent.Key) })
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    // A missing field would be read as zero or null, whatever the contract says.
    private static void Require(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.IsRequired |= property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
        }
    }
}
