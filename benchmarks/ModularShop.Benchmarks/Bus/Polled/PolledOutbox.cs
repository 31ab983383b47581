using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.Polled;

/// <summary>
/// What sample projects do by hand: a scoped DbContext and a transaction an order, which also adds a row to an outbox table; a
/// background service that polls it each second and handles one message after the other, each in transactions of its own;
/// an inbox table in the subscriber's file, so that a message which comes twice has one effect.
/// </summary>
internal sealed class PolledOutbox(IHost host) : IBus
{
    public const string Name = "polled outbox";

    private readonly IServiceScopeFactory scopes = host.Services.GetRequiredService<IServiceScopeFactory>();

    public bool Delivers => true;

    public static async Task<IBus> Start(BusFiles files, Watch watch, Gate gate)
    {
        files.Create(Order.Table + OutboxMessage.Table, Purchases.Table + InboxMessage.Table);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ErrorsOnly();
        builder
            .Services.AddDbContext<OutboxDb>(options => options.UseSqlite(BusFiles.ConnectionString(files.Orders)))
            .AddDbContext<InboxDb>(options => options.UseSqlite(BusFiles.ConnectionString(files.Purchases)))
            .AddMediatR(mediatR =>
            {
                mediatR.RegisterServicesFromAssemblyContaining<PolledOutbox>();
                mediatR.TypeEvaluator = type => type.Namespace == typeof(PolledOutbox).Namespace;
            })
            .AddSingleton(TimeProvider.System)
            .AddSingleton(watch)
            .AddSingleton(gate)
            .AddHostedService<OutboxPoller>();
        var host = builder.Build();
        await host.StartAsync();
        return new PolledOutbox(host);
    }

    public async Task Place(Basket basket)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(new PlaceOrder.Command(basket));
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
