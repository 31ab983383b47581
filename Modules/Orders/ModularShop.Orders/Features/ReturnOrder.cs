using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Contracts;
using ModularShop.Orders.Data;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>Returns an order, or a part of it, at the prices that were paid.</summary>
internal static class ReturnOrder
{
    internal sealed record Line(Guid ProductId, int Quantity);

    internal sealed record Command(Guid OrderId, IReadOnlyList<Line> Lines) : ICommand<ReturnView>;

    internal sealed record ReturnView(
        Guid Id,
        Guid OrderId,
        DateTimeOffset ReturnedAt,
        string Currency,
        decimal Total,
        IReadOnlyList<PricedLine> Lines
    );

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Lines).Lines();
            RuleForEach(c => c.Lines).NotNull().ChildRules(line => line.RuleFor(l => l.Quantity).Quantity());
        }
    }

    internal sealed class Handler(OrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, ReturnView>
    {
        public async Task<ReturnView> Handle(Command command, CancellationToken ct)
        {
            var order = await db.Orders.Get(command.OrderId, ct);
            var lines = command.Lines.SelectMany(line => order.TakeBack(line.ProductId, line.Quantity)).ToList();
            var @return = Return.Of(order, lines, clock.GetUtcNow());
            db.Returns.Add(@return);
            await publisher.Publish(
                new OrderReturned(
                    @return.Id,
                    order.Id,
                    order.CustomerId,
                    @return.ReturnedAt,
                    @return.Currency,
                    [.. lines.Select(Published)]
                ),
                ct
            );
            return new ReturnView(@return.Id, order.Id, @return.ReturnedAt, @return.Currency, @return.Total, [.. lines.Select(Shown)]);
        }

        private static OrderedLine Published(ReturnLine line) => new(line.ProductId, line.Quantity, line.UnitPrice);

        private static PricedLine Shown(ReturnLine line) => new(line.ProductId, line.Quantity, line.UnitPrice);
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/orders/{orderId:guid}/returns",
                async (Guid orderId, Body body, ISender sender, CancellationToken ct) =>
                    TypedResults.Created((string?)null, await sender.Send(new Command(orderId, body.Lines), ct))
            )
            .WithSummary("Return part of an order, or all of it");

    internal sealed record Body(IReadOnlyList<Line> Lines);
}
