using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ModularShop.Kernel.Events;

/// <summary>An event's CLR type with its name on the wire, and how it is serialised.</summary>
internal sealed record EventType(Type Clr, string Name, int Version, string Source)
{
    private static readonly ConcurrentDictionary<Type, EventType> Known = new();

    /// <summary>How events are written and read. What is read must have every field that is neither nullable nor has a default.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutKey, Require } },
    };

    /// <exception cref="InvalidOperationException">The type has no usable <see cref="EventNameAttribute"/>.</exception>
    public static EventType Of(Type clr) => Known.GetOrAdd(clr, Read);

    public string Serialize(IntegrationEvent integrationEvent) => JsonSerializer.Serialize(integrationEvent, Clr, Json);

    /// <exception cref="JsonException">The payload does not have the shape of the event.</exception>
    public IntegrationEvent Deserialize(string payload) =>
        (IntegrationEvent?)JsonSerializer.Deserialize(payload, Clr, Json) ?? throw new JsonException($"The payload of {Name} is null.");

    /// <exception cref="JsonException">The payload does not have the shape of the event.</exception>
    public IntegrationEvent Deserialize(JsonObject payload) =>
        (IntegrationEvent?)payload.Deserialize(Clr, Json) ?? throw new JsonException($"The payload of {Name} is null.");

    private static EventType Read(Type clr)
    {
        var name =
            clr.GetCustomAttribute<EventNameAttribute>()
            ?? throw new InvalidOperationException($"{clr} needs an [EventName(\"module.what-happened\", version: 1)].");
        var dot = name.Name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && name.Version > 0
            ? new EventType(clr, name.Name, name.Version, name.Name[..dot])
            : throw new InvalidOperationException(
                $"{clr} is named '{name.Name}' version {name.Version}; a name reads 'module.what-happened', a version is 1 or more."
            );
    }

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
