using System.Text.Json;
using ModularShop.Benchmarks.Harness;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Growth;

/// <summary>Typical pages of 50 items, in a shop of any size. All of them are full, so that answers of equal size are compared.</summary>
internal static class Pages
{
    public const string NoneOfAStatus = "orders of a status that none has";

    private const int Samples = 50;
    private const int LateIn = 10;

    public static async Task<IReadOnlyList<(string Name, byte[][] Requests)>> Of(ShopData data, HttpClient http)
    {
        var popular = data.ProductIds.Take(ShopData.PopularProducts).ToList();
        var lastBuyers = await LastFullPage(http, $"/purchase-history/v1/products/{popular[0]}/customers");
        // The cursor is built here, because reading all pages up to a late one would take longer than the measurement.
        var lateCustomer = new
        {
            Customer = ShopData.CustomerNumber(data.Customers - 1 - data.Customers / LateIn),
            CustomerId = Guid.Empty,
            Sku = "",
            ProductId = Guid.Empty,
            Currency = "",
        };
        var lateOrder = new { PlacedAt = data.PlacedAt(1.0 / LateIn), Sequence = 0L };
        return
        [
            Page("a customer's products", _ => $"/purchase-history/v1/customers/{data.Customer()}/products"),
            Page("a product's customers", i => $"/purchase-history/v1/products/{popular[i % popular.Count]}/customers"),
            Page("a product's customers, last page", _ => lastBuyers),
            Page("bought with a product", i => $"/purchase-history/v1/products/{popular[i % popular.Count]}/also-bought"),
            Page("all purchases", _ => "/purchase-history/v1/purchases"),
            Page("all purchases, late page", _ => $"/purchase-history/v1/purchases?after={Cursor.Encode(lateCustomer)}"),
            Page("products found by a word", _ => $"/catalog/v1/products?search={data.Word()}"),
            Page("products found by two words", _ => $"/catalog/v1/products?search={data.Word()}%20{data.Word()}"),
            Page("orders", _ => "/orders/v1/orders"),
            Page("orders, late page", _ => $"/orders/v1/orders?after={Cursor.Encode(lateOrder)}"),
            Page("orders of a customer", _ => $"/orders/v1/orders?customerId={data.Customer()}"),
            Page("orders of a customer and a status", _ => $"/orders/v1/orders?customerId={data.Customer()}&status=completed"),
            Page(NoneOfAStatus, _ => "/orders/v1/orders?status=cancelled"),
        ];
    }

    private static (string, byte[][]) Page(string name, Func<int, string> path) =>
        (name, [.. Enumerable.Range(0, Samples).Select(i => HttpConnection.Get(path(i)))]);

    private static async Task<string> LastFullPage(HttpClient http, string path)
    {
        var (last, page) = (path, await http.Get<JsonElement>($"{path}?limit={Cursor.DefaultLimit * 2}", default));
        while (page.GetProperty("next").GetString() is { } next)
        {
            var whole = await http.Get<JsonElement>($"{path}?limit={Cursor.DefaultLimit * 2}&after={next}", default);
            if (whole.GetProperty("items").GetArrayLength() >= Cursor.DefaultLimit)
            {
                last = $"{path}?after={next}";
            }
            page = whole;
        }
        return last;
    }
}
