using System.Text.Json;

namespace ModularShop.SystemTests.Crashes;

/// <summary>
/// What a client asked for, however often it had to send it: always under the same key. It leaves exactly one event in a
/// log, which the marker tells from all others of its name.
/// </summary>
internal sealed record Request(string Module, string Event, string Marker, HttpMethod Method, string Path, object? Body)
{
    public string Key { get; } = Guid.CreateVersion7().ToString();

    public JsonElement Sent { get; } = JsonSerializer.SerializeToElement(Body, JsonSerializerOptions.Web);

    /// <summary>Null until it was acknowledged.</summary>
    public JsonElement? Answer { get; set; }

    /// <summary>The marker of the request that an event stems from.</summary>
    public static string MarkerOf(LoggedEvent logged) =>
        logged.Name switch
        {
            "catalog.product-added" => logged.Text("sku"),
            "catalog.product-changed" => logged.Text("name"),
            "catalog.price-changed" => PriceMarker(logged.Id("productId"), logged.Data.GetProperty("price").GetDecimal()),
            "customers.customer-registered" => logged.Text("country"),
            "customers.customer-erased" => logged.Text("customerId"),
            "orders.order-placed" => logged.Data.GetProperty("lines")[0].GetProperty("quantity").ToString(),
            "orders.order-cancelled" => logged.Text("reason"),
            "orders.order-returned" => logged.Text("orderId"),
            _ => throw new InvalidOperationException($"Nobody here asks for {logged.Name}."),
        };

    public static string PriceMarker(Guid productId, decimal price) => FormattableString.Invariant($"{productId} {price:0.####}");
}
