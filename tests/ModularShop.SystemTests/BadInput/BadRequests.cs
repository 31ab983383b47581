using System.Text;
using System.Text.Json;

namespace ModularShop.SystemTests.BadInput;

/// <summary>All errors that a request to an operation can have, one at a time, generated from its OpenAPI document.</summary>
internal static class BadRequests
{
    private const int MaxBody = 4 * 1024 * 1024;

    private static readonly string[] Methods =
    [
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "HEAD",
        "OPTIONS",
        "TRACE",
        "BREW",
        "get",
        "QUERY",
    ];

    private static readonly (string Name, string? Value)[] Accepts =
    [
        ("Accept", "text/html"),
        ("Accept", "image/png"),
        ("Accept", "*/*;q=0"),
        ("Accept", "/;;,,=\""),
    ];

    // These can be sent to any address, so all of them are used for each.
    private static readonly (string Name, string? Value)[] OddHeaders =
    [
        ("Accept-Encoding", "br;q=x, gzip, \"'"),
        ("Accept-Language", "tlh"),
        ("If-None-Match", "\"1\", W/\"x, *"),
        ("If-Modified-Since", "yesterday"),
        ("Range", "bytes=5-1,-9999999999999999999"),
        ("Cookie", "=;;\";a"),
        ("Authorization", "Bearer ' OR 1=1"),
        ("traceparent", "00-zz-1-9"),
        ("baggage", "a=%ff,,=;"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Prefix", "//evil.example/"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Long", new string('x', 20_000)),
    ];

    // The web server checks the HTTP message itself.
    private static readonly (string Name, string? Value)[] HeadersForServer =
    [
        ("Host", "a, b"),
        ("Content-Length", "-1"),
        ("Content-Length", "1, 2"),
        ("Transfer-Encoding", "tea"),
        ("Expect", "tea"),
        ("X-Too-Long", BadValues.TooLong),
        ("X-Raw", "\u00ff\u00fe"),
        ("X-Control", "a\u0001b"),
        ("X Space", "a"),
    ];

    private static readonly string?[] ContentTypes =
    [
        null,
        "",
        "text/plain",
        "application/xml",
        "application/json-patch+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=tea",
        "application/json; charset=utf-7",
        "application/json; charset=utf-16",
        "application/json; charset=\"",
        "application/json;;;",
        "/",
        "\u00ff",
        BadValues.TooLong[..20_000],
    ];

    /// <param name="cursor">The JSON of a cursor that the operation returned; null if it returned none.</param>
    /// <returns>Requests that are each made from a new shape, as an earlier request may have changed the resource.</returns>
    public static IEnumerable<Func<RequestShape, RawRequest>> For(Operation operation, IReadOnlyList<Operation> all, string? cursor) =>
        [
            .. InParameters(operation, cursor),
            .. InHeaders(operation),
            .. operation.Body is { } body ? InBody(body) : WhereNoneIsExpected(operation),
            .. Methods
                .Where(method => !all.Any(other => other.Path == operation.Path && other.Method == method))
                .Select(method =>
                    (Func<RequestShape, RawRequest>)(shape => shape.Right with { Name = $"method {method}", Method = method })
                ),
        ];

    private static IEnumerable<Func<RequestShape, RawRequest>> InParameters(Operation operation, string? cursor)
    {
        foreach (var parameter in operation.Parameters)
        {
            var name = parameter.Name;
            var strings = parameter switch
            {
                { In: "header" } => BadValues.InHeader,
                { In: "query", Name: "after" } => BadValues.Strings.Concat(BadValues.Cursors(cursor)),
                _ => BadValues.Strings,
            };
            foreach (var value in strings.Append(BadValues.TooLong).Append(BadValues.TooLong[..7000]))
            {
                yield return parameter.In switch
                {
                    "path" => shape => shape.WithPath(name, Uri.EscapeDataString(value)),
                    "query" => shape => shape.WithQuery(name, Uri.EscapeDataString(value)),
                    _ => shape => shape.WithHeaders((name, Bytes(value))),
                };
            }
            foreach (var raw in parameter.In == "header" ? [] : BadValues.RawInAddress)
            {
                yield return parameter.In == "path" ? shape => shape.WithPath(name, raw) : shape => shape.WithQuery(name, raw);
            }
            if (parameter.In == "query")
            {
                yield return shape => shape.WithQuery(name, $"1&{name}=2&{name.ToUpperInvariant()}=3");
                yield return shape => shape.WithQuery($"{name}[]", "1");
                yield return shape => shape.WithQuery(name, $"1&{string.Join('&', Enumerable.Range(0, 1000).Select(i => $"a{i}"))}");
            }
            if (parameter.In == "header")
            {
                yield return shape => shape.WithHeaders((name, "\"1\""), (name, "*"));
                yield return shape => shape.WithHeaders((name, "\"99999999999999999999\""));
                yield return shape => shape.WithHeaders((name, "\"-1\", W/\"1\", \"\""));
                yield return shape => shape.WithHeaders((name, new string('x', 20_000)));
                yield return shape => shape.WithHeaders((name, string.Join(',', Enumerable.Repeat("\"1\"", 4_000))));
            }
        }
    }

    private static IEnumerable<Func<RequestShape, RawRequest>> InHeaders(Operation operation)
    {
        yield return shape => shape.WithHeaders(OddHeaders) with { Name = "odd headers" };
        foreach (var header in HeadersForServer)
        {
            yield return shape => shape.WithHeaders(header) with { Framing = Framing.None, MayBeRefusedByServer = true };
        }
        // The error must be described whatever media type the request accepts.
        foreach (var (name, value) in Accepts)
        {
            yield return shape =>
                shape.Right with
                {
                    Name = $"nothing there, {name}: {value}",
                    Target = "/catalog/v1/nothing",
                    Headers = [(name, value!)],
                };
            if (operation.Body is not null)
            {
                yield return shape => shape.WithHeaders((name, value)) with { Name = $"body {{, {name}: {value}", Body = "{"u8.ToArray() };
            }
        }
        foreach (var coding in operation.Body is null ? [] : new[] { "gzip", "identity, br", "tea", "", ",", "\"" })
        {
            yield return shape => shape.WithHeaders(("Content-Encoding", coding));
        }
        foreach (var contentType in operation.Body is null ? [] : ContentTypes)
        {
            yield return shape => shape.WithHeaders(("Content-Type", contentType));
        }
        yield return shape => shape.Right with { Name = "path with NUL", Target = shape.Right.Target + "%00", MayBeRefusedByServer = true };
        yield return shape => shape.Right with { Name = "path cut off", Target = shape.Right.Target + "%" };
        yield return shape => shape.Right with { Name = "path going up", Target = shape.Right.Target + "/../../../../tea.txt" };
        yield return shape => shape.Right with { Name = "path doubled", Target = "/" + shape.Right.Target };
        yield return shape => shape.Right with { Name = "path going on", Target = $"{shape.Right.Target}/{new string('x', 7000)}" };
        yield return shape => shape.Right with { Name = "unknown query", Target = shape.Right.Target + "?unknown=%zz&&=&%00" };
    }

    private static IEnumerable<Func<RequestShape, RawRequest>> InBody(Schema body)
    {
        foreach (var (name, bytes) in BadValues.Bodies)
        {
            yield return shape => shape.WithBody(name, bytes);
        }
        yield return shape => shape.WithBody("no body", [], Framing.None);
        yield return shape => shape.WithBody("empty chunked body", [], Framing.Chunked);
        yield return shape => shape.WithBody("right body, chunked", shape.RightBody, Framing.Chunked);
        yield return shape => shape.WithBody("right body behind a byte order mark", [0xef, 0xbb, 0xbf, .. shape.RightBody]);
        yield return shape => shape.WithBody("right body and more", [.. shape.RightBody, .. "{}"u8]);
        yield return shape => shape.WithBody("right body, cut off", shape.RightBody[..^1]);
        yield return shape => shape.WithBody("unknown field", [.. "{\"unknown\":1,"u8, .. shape.RightBody[1..]]);
        yield return shape => shape.WithBody("unknown field with a surrogate", [.. "{\"\\ud800\":1,"u8, .. shape.RightBody[1..]]);
        yield return shape =>
            shape.WithBody("unknown long field", [.. Encoding.UTF8.GetBytes($"{{\"{BadValues.TooLong}\":1,"), .. shape.RightBody[1..]]);
        yield return shape => shape.WithBody("every field twice", [.. shape.RightBody[..^1], (byte)',', .. shape.RightBody[1..]]);
        foreach (var framing in new[] { Framing.Length, Framing.Chunked })
        {
            yield return shape => shape.WithBody($"huge body, {framing}", Blanks(shape.RightBody, MaxBody + 100_000), framing);
            yield return shape => shape.WithBody($"body just within the limit, {framing}", Blanks(shape.RightBody, MaxBody), framing);
        }
        foreach (var (place, schema) in RequestShape.Places(body))
        {
            yield return shape => shape.WithField(place, json: null);
            foreach (var json in BadValues.Json)
            {
                yield return shape => shape.WithField(place, json);
            }
            if (schema.Type == "string")
            {
                foreach (var value in BadValues.Strings.Append(BadValues.TooLong))
                {
                    yield return shape => shape.WithField(place, JsonSerializer.Serialize(value));
                }
            }
            if (schema.Type == "array")
            {
                yield return shape => shape.WithField(place, $"[{string.Join(',', Enumerable.Repeat("null", 10_000))}]");
            }
        }
    }

    private static IEnumerable<Func<RequestShape, RawRequest>> WhereNoneIsExpected(Operation operation)
    {
        yield return shape => shape.WithBody("unexpected body", "{"u8.ToArray());
        yield return shape => shape.WithBody("unexpected chunked body", "tea"u8.ToArray(), Framing.Chunked);
        yield return shape => shape.WithBody("unexpected huge body", new byte[MaxBody + 100_000]);
    }

    // A body of blanks is sent as JSON.
    private static byte[] Blanks(byte[] body, int length)
    {
        var padded = new byte[length];
        padded.AsSpan().Fill((byte)' ');
        body.CopyTo(padded, 0);
        return padded;
    }

    // In a header, each character is one byte.
    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
