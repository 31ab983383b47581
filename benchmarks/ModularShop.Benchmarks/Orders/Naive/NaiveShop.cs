using System.Globalization;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.Harness;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>The shop's orders as they are usually built: a scoped DbContext, a transaction a request, a polled outbox.</summary>
internal static class NaiveShop
{
    public static async Task Run(string[] arguments)
    {
        var (orders, history) = (ConnectionString(arguments[0], "orders.db"), ConnectionString(arguments[0], "purchase-history.db"));
        await Prepare(orders, NaiveOrdersDb.OutboxTable);
        await Prepare(history, NaiveHistoryDb.InboxTable);
        var builder = SlimServer.Builder();
        builder.Services.AddDbContext<NaiveOrdersDb>(options => options.UseSqlite(orders));
        builder.Services.AddDbContext<NaiveHistoryDb>(options => options.UseSqlite(history));
        builder.Services.AddScoped<IValidator<OrderRequest>, NaiveOrderValidator>();
        builder.Services.AddScoped<NaiveRecordOrder>();
        builder.Services.AddHostedService<OutboxPolling>();
        await using (var app = builder.Build())
        {
            app.MapPost(OrderRequests.Path, NaivePlaceOrder.Handle);
            app.MapGet("/purchase-history/v1/customers/{customerId:guid}/products", ShowCustomerProducts);
            await SlimServer.Serve(app, _ => Lag(app.Services));
        }
        // The last connection to be closed writes the log back into the file.
        SqliteConnection.ClearAllPools();
    }

    private static string ConnectionString(string directory, string name) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, name) }.ToString();

    private static async Task Prepare(string file, string table)
    {
        await using var connection = new SqliteConnection(file);
        await connection.OpenAsync();
        connection.Execute(table);
        if (connection.Scalar("PRAGMA journal_mode") is not "wal" || connection.Scalar("PRAGMA synchronous") is not 2L)
        {
            throw new InvalidOperationException($"{file} is less durable than the shop's.");
        }
    }

    private static async Task<IResult> ShowCustomerProducts(Guid customerId, NaiveHistoryDb db, CancellationToken ct)
    {
        if (!await db.Customers.AnyAsync(c => c.CustomerId == customerId && !c.IsErased, ct))
        {
            return Results.NotFound();
        }
        var rows = await db
            .CustomerProducts.AsNoTracking()
            .Where(row => row.Customer.CustomerId == customerId)
            .OrderByDescending(row => row.LastBought)
            .Take(Cursor.DefaultLimit)
            .Select(row => new BoughtProduct(
                row.Product.ProductId,
                row.Product.Sku,
                row.Product.Name,
                row.Currency,
                row.Orders,
                row.QuantityBought,
                row.AmountBought,
                row.QuantityReturned,
                row.AmountReturned,
                row.LastBought
            ))
            .ToListAsync(ct);
        return Results.Ok(new Page<BoughtProduct>(rows, Next: null));
    }

    private static async Task<string> Lag(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var waiting = await scope.ServiceProvider.GetRequiredService<NaiveOrdersDb>().Outbox.CountAsync(m => m.ProcessedAt == null);
        return waiting.ToString(CultureInfo.InvariantCulture);
    }
}
