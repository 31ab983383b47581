using System.Globalization;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders.EfCore;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>The shop's orders as they are usually built: a scoped DbContext, a transaction a request, a polled outbox.</summary>
internal static class NaiveShop
{
    public static async Task Run(string[] arguments)
    {
        var orders = ShopFile.Prepare(arguments[0], "orders.db", NaiveOrdersDb.OutboxTable);
        var history = ShopFile.Prepare(arguments[0], "purchase-history.db", HistoryDb.InboxTable);
        var builder = SlimServer.Builder();
        builder.Services.AddDbContext<NaiveOrdersDb>(options => options.UseSqlite(orders));
        builder.Services.AddDbContext<HistoryDb>(options => options.UseSqlite(history));
        builder.Services.AddScoped<IValidator<OrderRequest>, OrderValidator>();
        builder.Services.AddScoped<TakeOrder>();
        builder.Services.AddScoped<RecordOrder>();
        builder.Services.AddHostedService<OutboxPolling>();
        await using (var app = builder.Build())
        {
            app.MapPost(OrderRequests.Path, NaivePlaceOrder.Handle);
            app.MapGet(
                CustomerProducts.Path,
                (Guid customerId, HistoryDb db, CancellationToken ct) => CustomerProducts.Show(customerId, db, ct)
            );
            await SlimServer.Serve(app, _ => Lag(app.Services));
        }
        // The last connection to be closed writes the log back into the file.
        SqliteConnection.ClearAllPools();
    }

    private static async Task<string> Lag(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var waiting = await scope.ServiceProvider.GetRequiredService<NaiveOrdersDb>().Outbox.CountAsync(m => m.ProcessedAt == null);
        return waiting.ToString(CultureInfo.InvariantCulture);
    }
}
