using System.Net;

namespace ModularShop.SystemTests;

/// <summary>What customers and the shopkeeper do, in short form.</summary>
internal static class Sales
{
    public static Task<Answer> AddProduct(this TestClient http, string? sku = null) =>
        http.Post(
            "/catalog/v1/products",
            new
            {
                sku = sku ?? Guid.CreateVersion7().ToString(),
                name = "Lantern",
                price = 2.5m,
                currency = "EUR",
            }
        );

    public static Task<Answer> Order(this TestClient http, Guid productId, string? key = null) =>
        http.Post(
            "/orders/v1/orders",
            new { lines = new[] { new { productId, quantity = 1 } } },
            key is null ? [] : [("Idempotency-Key", key)]
        );

    /// <summary>Places an order as soon as Orders knows the product; returns its id when it is acknowledged.</summary>
    public static async Task<Guid> OrderWhenKnown(this TestClient http, Guid productId) =>
        (await Eventually.Get(() => http.Order(productId), answer => answer.Status == HttpStatusCode.Created)).Id;

    /// <summary>A new product, and an order of it.</summary>
    public static async Task<(Guid Product, Guid Order)> SellOne(this TestClient http)
    {
        var product = (await http.AddProduct()).Expect(HttpStatusCode.Created).Id;
        return (product, await http.OrderWhenKnown(product));
    }
}
