using System.Text;
using System.Text.Json.Nodes;

namespace ModularShop.SystemTests.BadInput;

/// <summary>A valid request to an operation, and variants with one change.</summary>
internal sealed class RequestShape(Operation operation, Examples examples)
{
    private const string Placeholder = "\"@here@\"";

    // The server's limits for a request line and for all headers together.
    private const int MaxLine = 8 * 1024;
    private const int MaxHead = 32 * 1024;

    public RawRequest Right => Request("as it should be");

    public byte[] RightBody => operation.Body is { } body ? Encoding.UTF8.GetBytes(Body(body).ToJsonString()) : [];

    /// <param name="value">Already escaped for the path.</param>
    public RawRequest WithPath(string name, string value) => Request($"{name} = {BadValues.Brief(value)}", path: (name, value));

    /// <param name="value">Already escaped for the query.</param>
    public RawRequest WithQuery(string name, string value) => Request($"?{name}={BadValues.Brief(value)}", query: $"{name}={value}");

    /// <param name="headers">Replace the headers with the same names; a null value removes a header.</param>
    public RawRequest WithHeaders(params (string Name, string? Value)[] headers)
    {
        var right = Right;
        return Bounded(
            right with
            {
                Name = string.Join(", ", headers.Select(header => $"{header.Name}: {BadValues.Brief(header.Value ?? "none")}")),
                Headers =
                [
                    .. right.Headers.Where(header =>
                        !headers.Any(h => string.Equals(h.Name, header.Name, StringComparison.OrdinalIgnoreCase))
                    ),
                    .. headers.Where(header => header.Value is not null).Select(header => (header.Name, header.Value!)),
                ],
            }
        );
    }

    public RawRequest WithBody(string name, byte[] body, Framing framing = Framing.Length) =>
        Right with
        {
            Name = name,
            Body = body,
            Framing = framing,
            Headers = [.. HeadersWithout("Content-Type"), ("Content-Type", "application/json")],
        };

    /// <summary>With one place of the body replaced with other JSON, or removed.</summary>
    public RawRequest WithField(string place, string? json)
    {
        var body = Body(operation.Body!, place, remove: json is null).ToJsonString().Replace(Placeholder, json, StringComparison.Ordinal);
        return WithBody($"{place} = {BadValues.Brief(json ?? "nothing")}", Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Every place in the body, for example <c>lines[0].quantity</c>.</summary>
    public static IEnumerable<(string Place, Schema Schema)> Places(Schema schema, string at = "") =>
        schema.Type switch
        {
            "object" => schema.Properties.SelectMany(property =>
                Places(property.Schema, at.Length == 0 ? property.Name : $"{at}.{property.Name}")
                    .Prepend((at.Length == 0 ? property.Name : $"{at}.{property.Name}", property.Schema))
            ),
            "array" => Places(schema.Items, $"{at}[0]").Prepend(($"{at}[0]", schema.Items)),
            _ => [],
        };

    private JsonNode Body(Schema schema, string? place = null, bool remove = false)
    {
        var body = examples.Of("body", schema);
        if (place is null)
        {
            return body;
        }
        var node = body;
        var steps = place.Replace("[0]", ".0", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
        {
            node = step == "0" ? node[0]! : node[step]!;
        }
        if (node is JsonArray array)
        {
            array.Clear();
            if (!remove)
            {
                array.Add("@here@");
            }
        }
        else if (remove)
        {
            node.AsObject().Remove(steps[^1]);
        }
        else
        {
            node[steps[^1]] = "@here@";
        }
        return body;
    }

    private RawRequest Request(string name, (string Name, string Value)? path = null, string? query = null)
    {
        var target = operation.Path;
        foreach (var parameter in operation.Parameters.Where(p => p.In == "path"))
        {
            var value =
                path?.Name == parameter.Name ? path.Value.Value : Uri.EscapeDataString(examples.Text(parameter.Name, parameter.Schema));
            target = target.Replace($"{{{parameter.Name}}}", value, StringComparison.Ordinal);
        }
        return Bounded(
            new RawRequest(name, operation.Method, query is null ? target : $"{target}?{query}")
            {
                Headers = [.. HeadersWithout()],
                Body = RightBody,
                Framing = operation.Body is null ? Framing.None : Framing.Length,
            }
        );
    }

    private IEnumerable<(string Name, string Value)> HeadersWithout(string? left = null)
    {
        if (operation.Body is not null && left != "Content-Type")
        {
            yield return ("Content-Type", "application/json");
        }
        foreach (var parameter in operation.Parameters.Where(p => p.In == "header" && p.Name != left))
        {
            yield return (parameter.Name, examples.Text(parameter.Name, parameter.Schema));
        }
    }

    private static RawRequest Bounded(RawRequest request) =>
        request with
        {
            MayBeRefusedByServer =
                request.Target.Length > MaxLine - 100
                || request.Target.Contains("%00", StringComparison.Ordinal)
                || request.Headers.Sum(header => header.Name.Length + header.Value.Length) > MaxHead - 1000
                || request.Headers.Any(header => header.Value.Any(sign => sign is < ' ' or > '~')),
        };
}
