using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders.Naive;

namespace ModularShop.Benchmarks.Questions;

// Small services, each a process with a file of its own: the one that the shop's module of that name filled.

internal sealed record CustomerOrder(DateTimeOffset PlacedAt, string Currency, IReadOnlyList<CustomerOrderLine> Lines);

internal sealed record CustomerOrderLine(Guid ProductId, int Quantity, decimal UnitPrice, int Returned);

internal sealed record ProductName(Guid Id, string Sku, string Name);

/// <summary>What has this customer ordered?</summary>
internal static class OrdersService
{
    public static Task Run(string[] arguments) =>
        Service.Run<NaiveOrdersDb>(arguments[0], "orders.db", app => app.MapGet("/customers/{customerId:guid}/orders", OrdersOf));

    private static Task<List<CustomerOrder>> OrdersOf(Guid customerId, NaiveOrdersDb db, CancellationToken ct) =>
        db
            .Orders.AsNoTracking()
            .Where(order => order.CustomerId == customerId && order.Status != "Cancelled")
            .Select(order => new CustomerOrder(
                order.PlacedAt,
                order.Currency,
                order.Lines.Select(line => new CustomerOrderLine(line.ProductId, line.Quantity, line.UnitPrice, line.Returned)).ToList()
            ))
            .ToListAsync(ct);
}

/// <summary>What are these products called?</summary>
internal static class ProductsService
{
    public static Task Run(string[] arguments) =>
        Service.Run<ServiceCatalogDb>(arguments[0], "catalog.db", app => app.MapPost("/product-names", Names));

    private static Task<List<ProductName>> Names(Guid[] ids, ServiceCatalogDb db, CancellationToken ct) =>
        db
            .Products.AsNoTracking()
            .Where(product => ids.Contains(product.Id))
            .Select(product => new ProductName(product.Id, product.Sku, product.Name))
            .ToListAsync(ct);
}

/// <summary>Is there such a customer?</summary>
internal static class CustomersService
{
    public static Task Run(string[] arguments) =>
        Service.Run<ServiceCustomersDb>(arguments[0], "customers.db", app => app.MapGet("/customers/{customerId:guid}", Find));

    private static async Task<IResult> Find(Guid customerId, ServiceCustomersDb db, CancellationToken ct) =>
        await db.Customers.AsNoTracking().SingleOrDefaultAsync(customer => customer.Id == customerId, ct) is { ErasedAt: null } customer
            ? Results.Ok(customer)
            : Results.NotFound();
}

/// <summary>What such a process has besides its endpoint.</summary>
internal static class Service
{
    public static async Task Run<TDb>(string directory, string file, Action<WebApplication> map)
        where TDb : DbContext
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, file) }.ToString();
        var builder = SlimServer.Builder();
        builder.Services.AddDbContextPool<TDb>(options => options.UseSqlite(connection));
        await using var app = builder.Build();
        map(app);
        await SlimServer.Serve(app);
    }
}
