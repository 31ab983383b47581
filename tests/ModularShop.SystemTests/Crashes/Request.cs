using System.Text.Json;

namespace ModularShop.SystemTests.Crashes;

/// <summary>
/// A client's request, which is always sent under the same key, however often it is sent. It causes exactly one event in a log, which
/// the marker identifies among all events of its name.
/// </summary>
internal sealed record Request(string Module, string Event, string Marker, HttpMethod Method, string Path, object? Body)
{
    public string Key { get; } = Guid.CreateVersion7().ToString();

    public JsonElement Sent { get; } = JsonSerializer.SerializeToElement(Body, JsonSerializerOptions.Web);

    /// <summary>Null until it is acknowledged.</summary>
    public JsonElement? Answer { get; set; }

    /// <summary>The marker of the request that caused an event.</summary>
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
