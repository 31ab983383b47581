using System.Globalization;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders.EfCore;
using ModularShop.Benchmarks.WolverineFx;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using Wolverine.EntityFrameworkCore;

namespace ModularShop.Benchmarks.Orders.WolverineFx;

/// <summary>The shop's orders with Wolverine: <c>wolverine-orders DIRECTORY [patient]</c>.</summary>
internal static class WolverineShop
{
    public const string Patient = "patient";

    public static async Task Run(string[] arguments)
    {
        var orders = ShopFile.Prepare(arguments[0], "orders.db");
        var history = ShopFile.Prepare(arguments[0], "purchase-history.db", HistoryDb.InboxTable);
        var patient = arguments.ElementAtOrDefault(1) is Patient;
        var builder = SlimServer.Builder();
        builder
            .Services.AddDbContextWithWolverineIntegration<WolverineOrdersDb>(options => options.UseSqliteFile(orders, patient))
            .AddDbContext<HistoryDb>(
                options => options.UseSqliteFile(history, patient),
                optionsLifetime: ServiceLifetime.Singleton // As its documentation advises.
            )
            .AddScoped<IValidator<OrderRequest>, OrderValidator>()
            .AddScoped<TakeOrder>();
        builder.AddWolverine(orders, patient, typeof(RecordOrderHandler));
        await using (var app = builder.Build())
        {
            app.MapPost(OrderRequests.Path, WolverinePlaceOrder.Handle);
            app.MapGet(
                CustomerProducts.Path,
                (Guid customerId, HistoryDb db, CancellationToken ct) => CustomerProducts.Show(customerId, db, ct)
            );
            await SlimServer.Serve(app, _ => Task.FromResult(Lag(orders)));
        }
        // The last connection to be closed writes the log back into the file.
        SqliteConnection.ClearAllPools();
    }

    private static string Lag(string file)
    {
        using var connection = new SqliteConnection(file);
        connection.Open();
        return connection.Scalar("SELECT count(*) FROM wolverine_dead_letters") is 0L
            ? Convert.ToString(
                connection.Scalar("SELECT count(*) FROM wolverine_incoming_envelopes WHERE status <> 'Handled'"),
                CultureInfo.InvariantCulture
            )!
            : throw new InvalidOperationException("Messages became dead letters.");
    }
}
