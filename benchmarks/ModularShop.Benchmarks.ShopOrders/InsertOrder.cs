using MediatR;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>Places an order as the shop's own Orders module does: an entity of EF Core's model, written directly.</summary>
internal static class InsertOrder
{
    internal sealed record Command(Basket Basket) : ICommand<Guid>;

    internal sealed class Handler(ShopOrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var placed = command.Basket.Place(clock.GetUtcNow());
            db.Insert(Order.Of(placed));
            await publisher.Publish(placed, ct);
            return placed.OrderId;
        }
    }
}
