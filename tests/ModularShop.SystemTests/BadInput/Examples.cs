using System.Globalization;
using System.Text.Json.Nodes;

namespace ModularShop.SystemTests.BadInput;

/// <summary>The resources that requests refer to.</summary>
internal sealed record Seeds(Guid ProductId, Guid CustomerId, Guid OrderId, string Directory);

/// <summary>
/// A valid value for each parameter in a document: by its name where a rule is stricter than the type, otherwise by its type. All
/// values of a bad request but one are valid, so that it is processed as far as possible.
/// </summary>
internal sealed class Examples(Seeds seeds)
{
    private static int last;

    public JsonNode Of(string name, Schema schema) =>
        Known(name) is { } known
            ? known
            : schema.Type switch
            {
                "integer" or "number" => 1,
                "boolean" => true,
                "object" => new JsonObject(schema.Properties.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Of(p.Name, p.Schema)))),
                "array" => new JsonArray(Of(name, schema.Items)),
                _ => schema.FirstValue ?? Formatted(schema.Format),
            };

    /// <summary>The value in an address or a header.</summary>
    public string Text(string name, Schema schema) => Of(name, schema).ToString();

    private JsonNode? Known(string name) =>
        name switch
        {
            "productId" => seeds.ProductId.ToString(),
            "customerId" => seeds.CustomerId.ToString(),
            "orderId" => seeds.OrderId.ToString(),
            "module" => "orders",
            "currency" => "EUR",
            "email" => $"{New()}@example.com",
            "sku" or "number" or "Idempotency-Key" => New(),
            "sort" => "name",
            "status" => "placed",
            "directory" => Path.Combine(seeds.Directory, New()),
            "after" => "",
            "If-Match" => "*",
            _ => null,
        };

    private static JsonNode Formatted(string? format) =>
        format switch
        {
            "uuid" => Guid.CreateVersion7().ToString(),
            "date-time" => "2026-01-02T03:04:05Z",
            _ => "right and good",
        };

    private static string New() => "bad-" + Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
}
