using System.Net;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Import;

internal sealed record CustomerImport(string Number, string? Country);

internal sealed record CustomersImport(IReadOnlyList<CustomerImport> Customers);

internal sealed record ImportedCustomer(string Number, Guid CustomerId);

internal sealed record ImportedCustomers(int Added, IReadOnlyList<ImportedCustomer> Customers, int Kept = 0);

internal sealed record ProductImport(string Sku, string Name, decimal Price, string Currency, DateTimeOffset AsOf);

internal sealed record ProductsImport(IReadOnlyList<ProductImport> Products);

internal sealed record ImportedProduct(string Sku, Guid ProductId);

internal sealed record ImportedProducts(
    int Added,
    int Changed,
    IReadOnlyList<ImportedProduct> Products,
    int Kept = 0,
    IReadOnlyList<string>? Differing = null
);

internal sealed record LineImport(Guid ProductId, int Quantity, decimal UnitPrice, DateTimeOffset? BoughtAt);

internal sealed record OrderImport(
    string Number,
    Guid? CustomerId,
    string Currency,
    DateTimeOffset PlacedAt,
    IReadOnlyList<LineImport> Lines
);

internal sealed record OrdersImport(IReadOnlyList<OrderImport> Orders);

/// <summary>An order or a return for which the shop has other data than the file, and what differs.</summary>
internal sealed record ImportDifference(string Number, IReadOnlyList<string> Reasons);

internal sealed record ImportedOrders(int Added, int Orders, int Lines, decimal Total, IReadOnlyList<ImportDifference>? Differences = null);

internal sealed record ReturnImport(
    string Number,
    Guid? CustomerId,
    string Currency,
    DateTimeOffset ReturnedAt,
    IReadOnlyList<LineImport> Lines
);

internal sealed record ReturnsImport(IReadOnlyList<ReturnImport> Returns);

internal sealed record ImportedReturns(
    int Added,
    int Returns,
    int Lines,
    decimal Total,
    IReadOnlyList<ImportDifference>? Differences = null
);

/// <summary>
/// Calls the modules' public import commands. All of them are safe to repeat, so a request to a busy shop is sent again.
/// </summary>
internal sealed class ShopImports(HttpClient http, TimeProvider clock)
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    public Task<ImportedCustomers> Import(CustomersImport body, CancellationToken ct) =>
        Post<ImportedCustomers>("/customers/v1/customer-imports", body, ct);

    public Task<ImportedProducts> Import(ProductsImport body, CancellationToken ct) =>
        Post<ImportedProducts>("/catalog/v1/product-imports", body, ct);

    public Task<ImportedOrders> Import(OrdersImport body, CancellationToken ct) =>
        Post<ImportedOrders>("/orders/v1/order-imports", body, ct);

    public Task<ImportedReturns> Import(ReturnsImport body, CancellationToken ct) =>
        Post<ImportedReturns>("/orders/v1/return-imports", body, ct);

    private async Task<T> Post<T>(string path, object body, CancellationToken ct)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.Post<T>(path, body, ct);
            }
            catch (RefusedException e) when (IsBusy(e.Status) && attempt < Attempts)
            {
                await Task.Delay(pause, clock, ct);
                pause *= 2;
            }
        }
    }

    private static bool IsBusy(HttpStatusCode status) => status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
