using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.Bus.Modular;
using ModularShop.Benchmarks.ShopOrders;

namespace ModularShop.Benchmarks.Bus.InMemory;

/// <summary>
/// Plain MediatR: the order is committed, then the subscriber's handler is called, which commits to its own file. An event that
/// is lost between the two commits is lost permanently.
/// </summary>
internal sealed class InMemoryBus(ServiceProvider services) : IBus
{
    public const string Name = "MediatR in memory";

    public bool Delivers => true;

    public static Task<IBus> Start(BusFiles files, Watch watch, Gate gate)
    {
        files.Create(Order.Table, Purchases.Table);
        return Task.FromResult<IBus>(
            new InMemoryBus(
                new ServiceCollection()
                    .AddDbContext<ShopOrdersDb>(options => options.UseSqlite(BusFiles.ConnectionString(files.Orders)))
                    .AddDbContext<ShopPurchasesDb>(options => options.UseSqlite(BusFiles.ConnectionString(files.Purchases)))
                    .AddMediatR(mediatR =>
                    {
                        mediatR.RegisterServicesFromAssemblyContaining<InMemoryBus>();
                        mediatR.TypeEvaluator = type => type == typeof(PlaceOrder.Handler) || type == typeof(RecordPurchase);
                    })
                    .AddSingleton(TimeProvider.System)
                    .AddSingleton(watch)
                    .BuildServiceProvider()
            )
        );
    }

    public async Task Place(Basket basket)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(new PlaceOrder.Command(basket));
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}

internal static class PlaceOrder
{
    internal sealed record Command(Basket Basket) : IRequest<Guid>;

    internal sealed class Handler(ShopOrdersDb db, IPublisher publisher, TimeProvider clock, Watch watch) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var placed = command.Basket.Place(clock.GetUtcNow());
            db.Orders.Add(Order.Of(placed));
            await db.SaveChangesAsync(ct);
            watch.Committed(placed.Number);
            await publisher.Publish(new Told(placed), ct);
            return placed.OrderId;
        }
    }
}

/// <summary>Not an integration event: the kernel would register its handler as a reaction of the modules in this assembly.</summary>
internal sealed record Told(OrderPlaced Placed) : INotification;

internal sealed class RecordPurchase(ShopPurchasesDb db, Watch watch) : INotificationHandler<Told>
{
    public async Task Handle(Told told, CancellationToken ct)
    {
        await Purchases.Save(db, told.Placed, ct);
        watch.Applied(told.Placed.Number);
    }
}
