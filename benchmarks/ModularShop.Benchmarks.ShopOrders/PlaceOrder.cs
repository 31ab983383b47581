using MediatR;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>Places an order as the shop's own Orders module does: prepared SQL inserts it.</summary>
internal static class PlaceOrder
{
    internal sealed record Command(Basket Basket) : ICommand<Guid>;

    internal sealed class Handler(ShopOrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var placed = command.Basket.Place(clock.GetUtcNow());
            db.Execute(
                """
                INSERT INTO orders (id, number, customer_id, placed_at, currency, total)
                VALUES ($id, $number, $customer, $placed_at, $currency, $total)
                """,
                ("$id", placed.OrderId),
                ("$number", placed.Number),
                ("$customer", placed.CustomerId),
                ("$placed_at", placed.PlacedAt.ToUnixTimeMilliseconds()),
                ("$currency", placed.Currency),
                ("$total", placed.Total)
            );
            await publisher.Publish(placed, ct);
            return placed.OrderId;
        }
    }
}
