using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Benchmarks.Bus.Polled;
using ModularShop.Benchmarks.ShopOrders;
using ModularShop.Benchmarks.WolverineFx;
using Wolverine.EntityFrameworkCore;

namespace ModularShop.Benchmarks.Bus.WolverineFx;

/// <summary>Wolverine's outbox saves the order with its message, in the file of the orders.</summary>
internal sealed class WolverineBus(IHost host) : IBus
{
    private readonly IServiceScopeFactory scopes = host.Services.GetRequiredService<IServiceScopeFactory>();
    private readonly TimeProvider clock = host.Services.GetRequiredService<TimeProvider>();

    public bool Delivers => true;

    public static Task<IBus> Start(BusFiles files, Watch watch, Gate gate) => Start(files, watch, gate, patient: false);

    public static Task<IBus> StartPatient(BusFiles files, Watch watch, Gate gate) => Start(files, watch, gate, patient: true);

    private static async Task<IBus> Start(BusFiles files, Watch watch, Gate gate, bool patient)
    {
        files.Create(Order.Table, Purchases.Table + InboxMessage.Table);
        var commits = new WatchedCommits(watch, gate);
        var (orders, purchases) = (BusFiles.ConnectionString(files.Orders), BusFiles.ConnectionString(files.Purchases));
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ErrorsOnly();
        builder
            .Services.AddDbContextWithWolverineIntegration<ShopOrdersDb>(options =>
                options.UseSqliteFile(orders, patient).AddInterceptors(commits)
            )
            .AddDbContext<WolverinePurchasesDb>(
                options => options.UseSqliteFile(purchases, patient).AddInterceptors(commits),
                optionsLifetime: ServiceLifetime.Singleton // As its documentation advises.
            )
            .AddSingleton(TimeProvider.System);
        builder.AddWolverine(orders, patient, typeof(RecordPurchaseHandler));
        var host = builder.Build();
        watch.PumpStarts();
        await host.StartAsync();
        return new WolverineBus(host);
    }

    public async Task Place(Basket basket)
    {
        await using var scope = scopes.CreateAsyncScope();
        var outbox = scope.ServiceProvider.GetRequiredService<IDbContextOutbox<ShopOrdersDb>>();
        var placed = basket.Place(clock.GetUtcNow());
        outbox.DbContext.Orders.Add(Order.Of(placed));
        await outbox.PublishAsync(placed);
        await outbox.SaveChangesAndFlushMessagesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
