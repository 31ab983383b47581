using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Serializes events for a log and deserializes them. Each module has its own instance, so that cached type information is released
/// with the module.
/// </summary>
internal sealed class EventSerializer
{
    private readonly JsonSerializerOptions json = NewOptions();

    /// <summary>Deserialization requires every field that is not nullable and has no default.</summary>
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

    /// <summary>Serializes an event whose personal data is encrypted.</summary>
    /// <param name="keyOf">The key of a person; null when the person was erased. The data is left out then.</param>
    public string Serialize(IntegrationEvent integrationEvent, EventType type, PersonalFields personal, Func<Guid, byte[]?> keyOf)
    {
        var payload = JsonSerializer.SerializeToNode(integrationEvent, integrationEvent.GetType(), json)!.AsObject();
        for (var i = 0; i < personal.Names.Count; i++)
        {
            var (field, person) = (personal.Names[i], personal.PersonIn(integrationEvent, i));
            if (payload.Remove(field, out var value) && value is not null && keyOf(person) is { } key)
            {
                payload[field] = SealedData.Seal(value, person, key, type.Name, field);
            }
        }
        return payload.ToJsonString(json);
    }

    /// <exception cref="JsonException">The payload does not have the shape of the event.</exception>
    public IntegrationEvent Deserialize(EventType type, string payload) =>
        (IntegrationEvent?)JsonSerializer.Deserialize(payload, type.Clr, json)
        ?? throw new JsonException($"The payload of {type.Name} is null.");

    /// <exception cref="JsonException">The payload does not have the shape of the event.</exception>
    public IntegrationEvent Deserialize(EventType type, JsonObject payload) =>
        (IntegrationEvent?)payload.Deserialize(type.Clr, json) ?? throw new JsonException($"The payload of {type.Name} is null.");

    // The envelope stores the key, which is computed from the payload.
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

    // Otherwise System.Text.Json reads a missing field as zero or null, whatever the contract says.
    private static void Require(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.IsRequired |= property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
        }
    }
}
