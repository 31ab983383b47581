using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModularShop.Kernel.Events;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>The JSON Schema of an event, as the kernel writes and reads it.</summary>
internal static class EventSchema
{
    // The reader also accepts numbers in strings. That is not part of the contract.
    private static readonly JsonSerializerOptions Json = new(EventSerializer.NewOptions()) { NumberHandling = JsonNumberHandling.Strict };

    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Refine,
    };

    public static JsonObject Of(Type type) => Json.GetJsonSchemaAsNode(type, Options).AsObject();

    private static JsonNode Refine(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }
        if (schema.ContainsKey("properties"))
        {
            // The fields that the reader requires. The exporter also lists nullable ones.
            var required = context.TypeInfo.Properties.Where(property => property.IsRequired).Select(property => (JsonNode)property.Name);
            schema["required"] = new JsonArray([.. required]);
        }
        if (FormatOf(context.TypeInfo) is { } format)
        {
            schema["format"] = format;
        }
        if (schema.TryGetPropertyValue("default", out var value) && value is null)
        {
            schema.Remove("default"); // Means the same as being optional.
        }
        return schema;
    }

    // JSON has only one kind of number.
    private static string? FormatOf(JsonTypeInfo type)
    {
        var clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return !clr.IsEnum && Type.GetTypeCode(clr) is >= TypeCode.SByte and <= TypeCode.Decimal ? clr.Name.ToLowerInvariant() : null;
    }
}
