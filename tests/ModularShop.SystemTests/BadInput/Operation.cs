using System.Text.Json;

namespace ModularShop.SystemTests.BadInput;

/// <summary>A parameter of an operation. It is in the <c>path</c>, <c>query</c> or <c>header</c>.</summary>
internal sealed record Parameter(string Name, string In, Schema Schema);

/// <summary>One method of one address, from the OpenAPI document.</summary>
internal sealed record Operation(string Method, string Path, IReadOnlyList<Parameter> Parameters, Schema? Body)
{
    public string Name => $"{Method} {Path}";

    /// <summary>A page that no document describes.</summary>
    public static Operation Page(string path) => new("GET", path, [], Body: null);

    /// <param name="basePath">The beginning of the document's paths, for example <c>/catalog</c>.</param>
    public static IEnumerable<Operation> In(JsonElement document, string basePath) =>
        document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(method => new Operation(
                        method.Name.ToUpperInvariant(),
                        basePath + path.Name,
                        [.. ParametersOf(document, method.Value)],
                        BodyOf(document, method.Value)
                    ))
            );

    public override string ToString() => Name;

    private static IEnumerable<Parameter> ParametersOf(JsonElement document, JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Select(p => new Parameter(
                    p.GetProperty("name").GetString()!,
                    p.GetProperty("in").GetString()!,
                    new Schema(document, p.GetProperty("schema"))
                ))
            : [];

    private static Schema? BodyOf(JsonElement document, JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body)
            ? new Schema(document, body.GetProperty("content").GetProperty("application/json").GetProperty("schema"))
            : null;
}

/// <summary>A JSON Schema of an OpenAPI document, with its references resolved.</summary>
internal sealed class Schema
{
    private readonly JsonElement document;
    private readonly JsonElement schema;

    public Schema(JsonElement document, JsonElement schema)
    {
        this.document = document;
        this.schema = Resolve(document, schema);
    }

    /// <summary>The schema without <c>null</c>, if that is one of several types.</summary>
    public string Type =>
        !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!).First(t => t != "null")
        : type.GetString()!;

    public string? Format => schema.TryGetProperty("format", out var format) ? format.GetString() : null;

    public Schema Items => new(document, schema.GetProperty("items"));

    public IEnumerable<(string Name, Schema Schema)> Properties =>
        schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(property => (property.Name, new Schema(document, property.Value)))
            : [];

    /// <summary>The first of an enumeration's values.</summary>
    public string? FirstValue => schema.TryGetProperty("enum", out var values) ? values[0].GetString() : null;

    private static JsonElement Resolve(JsonElement document, JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            return Resolve(document, choices.EnumerateArray().First(choice => !IsNull(choice)));
        }
        return schema.TryGetProperty("$ref", out var reference)
            ? Resolve(
                document,
                reference.GetString()!.Split('/').Skip(1).Aggregate(document, (element, segment) => element.GetProperty(segment))
            )
            : schema;
    }

    private static bool IsNull(JsonElement schema) =>
        schema.TryGetProperty("type", out var type) && type.ValueKind is JsonValueKind.String && type.GetString() == "null";
}
