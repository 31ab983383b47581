namespace ModularShop.PurchaseHistorySync.Calls;

/// <summary>The public routes of other modules that this module asks.</summary>
internal sealed class ShopRoutes(ModuleClient client, CallSettings settings)
{
    public const string Catalog = "catalog";
    public const string Customers = "customers";
    public const string Orders = "orders";

    // The most that a page of orders may have: fewer requests one after the other.
    private const int OrdersOfPage = 500;

    public static IReadOnlyList<string> Modules { get; } = [Catalog, Customers, Orders];

    /// <summary>A customer; null when there is none with this id.</summary>
    /// <param name="own">The address of the process that was asked.</param>
    /// <exception cref="ModuleFailedException">Customers does not answer.</exception>
    public Task<CustomerAnswer?> FindCustomer(Guid customerId, Uri own, CancellationToken ct) =>
        client.Get<CustomerAnswer>(Customers, At(Customers, own, $"/v1/customers/{customerId}"), ct);

    /// <summary>A product; null when there is none with this id.</summary>
    /// <inheritdoc cref="FindCustomer"/>
    /// <exception cref="ModuleFailedException">Catalog does not answer.</exception>
    public Task<ProductAnswer?> FindProduct(Guid productId, Uri own, CancellationToken ct) =>
        client.Get<ProductAnswer>(Catalog, At(Catalog, own, $"/v1/products/{productId}"), ct);

    /// <summary>A page of a customer's orders, the latest first.</summary>
    /// <inheritdoc cref="FindCustomer"/>
    /// <exception cref="ModuleFailedException">Orders does not answer.</exception>
    public async Task<OrdersAnswer> OrdersOf(Guid customerId, string? after, Uri own, CancellationToken ct) =>
        await client.Get<OrdersAnswer>(
            Orders,
            At(Orders, own, $"/v1/orders?customerId={customerId}&limit={OrdersOfPage}{(after is null ? "" : $"&after={after}")}"),
            ct
        ) ?? throw new ModuleFailedException("It answered 404.");

    private Uri At(string module, Uri own, string path) =>
        new(settings.Addresses.GetValueOrDefault(module) ?? settings.Address ?? own, $"/{module}{path}");
}

internal sealed record CustomerAnswer(Guid Id);

internal sealed record ProductAnswer(Guid Id, string Sku, string Name);

internal sealed record OrdersAnswer(IReadOnlyList<OrderAnswer> Items, string? Next);

internal sealed record OrderAnswer(DateTimeOffset PlacedAt, string Status, string Currency, IReadOnlyList<LineAnswer> Lines);

internal sealed record LineAnswer(Guid ProductId, long Quantity, decimal UnitPrice, long Returned);
