using System.Text.Json.Nodes;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// What a change of an event's JSON Schema breaks. A field may be added if it is optional. With any other change, this build misreads
/// logged events, or a module that was built earlier misreads new ones.
/// </summary>
internal sealed class ContractChange
{
    private static readonly string[] Compared = ["$ref", "type", "format", "enum", "properties", "required", "items"];

    private readonly List<string> breaks = [];
    private readonly JsonObject approvedRoot;
    private readonly JsonObject currentRoot;

    private ContractChange(JsonObject approved, JsonObject current) => (approvedRoot, currentRoot) = (approved, current);

    /// <summary>One line for each incompatible change, with the name of the field.</summary>
    public static IReadOnlyList<string> Breaks(JsonObject approved, JsonObject current)
    {
        var change = new ContractChange(approved, current);
        change.CompareFields("", approved, current);
        return change.breaks;
    }

    private void CompareFields(string path, JsonObject approved, JsonObject current)
    {
        var (before, now) = (Fields(approved), Fields(current));
        foreach (var (name, schema) in before)
        {
            var field = path + name;
            if (!now.TryGetValue(name, out var currentSchema))
            {
                breaks.Add($"field `{field}` is gone");
            }
            else if (Required(approved).Contains(name) != Required(current).Contains(name))
            {
                breaks.Add(
                    Required(current).Contains(name)
                        ? $"field `{field}` is required now, but events without it may be in logs"
                        : $"field `{field}` is optional now, but modules built earlier count on it"
                );
            }
            else
            {
                Compare(field, schema, currentSchema);
            }
        }
        foreach (var name in now.Keys.Except(before.Keys).Where(Required(current).Contains))
        {
            breaks.Add($"new field `{path}{name}` is required, but events in logs do not have it; make it nullable or give it a default");
        }
    }

    private void Compare(string field, JsonObject before, JsonObject after)
    {
        if (before["$ref"] is { } reference && JsonNode.DeepEquals(reference, after["$ref"]))
        {
            return; // Both refer to a definition, which is compared separately.
        }
        var (approved, current) = (Resolve(before, approvedRoot), Resolve(after, currentRoot));
        if (Kind(approved) != Kind(current))
        {
            breaks.Add($"field `{field}` changed from {Kind(approved)} to {Kind(current)}");
            return;
        }
        if (MayBeNull(approved) != MayBeNull(current))
        {
            breaks.Add(
                MayBeNull(current)
                    ? $"field `{field}` may be null now, but modules built earlier count on it"
                    : $"field `{field}` may no longer be null, but it may be in logs"
            );
        }
        foreach (var value in Values(approved).Except(Values(current)))
        {
            breaks.Add($"field `{field}` no longer knows the value `{value}`, which may be in logs");
        }
        foreach (var value in Values(current).Except(Values(approved)))
        {
            breaks.Add($"field `{field}` has the new value `{value}`, which modules built earlier do not know");
        }
        CompareFields($"{field}.", approved, current);
        if (approved["items"] is JsonObject approvedItems && current["items"] is JsonObject currentItems)
        {
            Compare($"{field}[]", approvedItems, currentItems);
        }
        foreach (var keyword in approved.Union(current).Select(pair => pair.Key).Distinct().Except(Compared))
        {
            if (!JsonNode.DeepEquals(approved[keyword], current[keyword]))
            {
                breaks.Add($"field `{field}` has another {keyword}: {Text(current[keyword])} instead of {Text(approved[keyword])}");
            }
        }
    }

    private static JsonObject Resolve(JsonObject schema, JsonObject root) =>
        (string?)schema["$ref"] is { } pointer
            ? pointer.Split('/').Skip(1).Aggregate((JsonNode)root, (node, step) => node[step]!).AsObject()
            : schema;

    private static string Kind(JsonObject schema)
    {
        var kind = string.Join(" or ", Types(schema).Where(type => type != "null"));
        kind = kind.Length > 0 ? kind : "enum";
        return schema["format"] is { } format ? $"{kind} ({format})" : kind;
    }

    private static bool MayBeNull(JsonObject schema) =>
        Types(schema).Contains("null") || (schema["enum"] is JsonArray values && values.Contains(null));

    private static IEnumerable<string> Types(JsonObject schema) =>
        schema["type"] switch
        {
            JsonArray types => types.Select(type => (string)type!),
            { } type => [(string)type!],
            null => [],
        };

    private static IEnumerable<string> Values(JsonObject schema) =>
        (schema["enum"] as JsonArray ?? []).Where(value => value is not null).Select(value => value!.ToString());

    private static Dictionary<string, JsonObject> Fields(JsonObject schema) =>
        (schema["properties"] as JsonObject ?? []).ToDictionary(field => field.Key, field => field.Value!.AsObject());

    private static HashSet<string> Required(JsonObject schema) =>
        [.. (schema["required"] as JsonArray ?? []).Select(name => (string)name!)];

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "none";
}
