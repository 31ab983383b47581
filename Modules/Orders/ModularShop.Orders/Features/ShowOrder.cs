using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Features;

/// <summary>Shows one order.</summary>
internal static class ShowOrder
{
    internal sealed record Query(Guid OrderId) : IQuery<OrderView>;

    internal sealed class Handler(OrdersDb db) : IRequestHandler<Query, OrderView>
    {
        public async Task<OrderView> Handle(Query query, CancellationToken ct) => OrderView.Of(await db.Orders.Get(query.OrderId, ct));
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/orders/{orderId:guid}",
                (Guid orderId, ISender sender, CancellationToken ct) => sender.Send(new Query(orderId), ct)
            )
            .WithSummary("Show an order");
}
