using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Contracts;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Features;

/// <summary>Cancels an order that has not been shipped.</summary>
internal static class CancelOrder
{
    internal sealed record Command(Guid OrderId, string Reason, IfMatch? IfMatch) : ICommand<OrderView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Reason).NotEmpty().MaximumLength(200);
    }

    internal sealed class Handler(OrdersDb db, IPublisher publisher) : IRequestHandler<Command, OrderView>
    {
        public async Task<OrderView> Handle(Command command, CancellationToken ct)
        {
            var order = await db.Orders.Get(command.OrderId, ct);
            command.IfMatch?.Check(order.Version);
            order.Cancel(command.Reason);
            await publisher.Publish(new OrderCancelled(order.Id, command.Reason), ct);
            return OrderView.Of(order);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/orders/{orderId:guid}/cancellation",
                (Guid orderId, Body body, [FromHeader(Name = "If-Match")] IfMatch? ifMatch, ISender sender, CancellationToken ct) =>
                    sender.Send(new Command(orderId, body.Reason, ifMatch), ct)
            )
            .WithSummary("Cancel an order that has not been shipped");

    internal sealed record Body(string Reason);
}
