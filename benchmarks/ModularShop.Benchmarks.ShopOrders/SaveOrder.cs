using MediatR;
using ModularShop.Kernel.Requests;

namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>Places an order as most features are written: EF Core saves it.</summary>
internal static class SaveOrder
{
    internal sealed record Command(Basket Basket) : ICommand<Guid>;

    internal sealed class Handler(ShopOrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var placed = command.Basket.Place(clock.GetUtcNow());
            db.Orders.Add(Order.Of(placed));
            await publisher.Publish(placed, ct);
            return placed.OrderId;
        }
    }
}
