using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Contracts;
using ModularShop.Orders.Data;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>
/// Places an order at the prices of the module's own copy of the catalog, so that it works while the catalog does not run. A customer
/// need not be known here, as the event of a recent registration may not have arrived yet. A customer who was erased is refused.
/// </summary>
internal static class PlaceOrder
{
    internal sealed record Line(Guid ProductId, int Quantity);

    [DecidesOn(Copies.Products, Copies.ErasedCustomers)]
    internal sealed record Command(Guid? CustomerId, IReadOnlyList<Line> Lines) : ICommand<OrderView>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.CustomerId).NotEqual(Guid.Empty);
            RuleFor(c => c.Lines).Lines();
            RuleForEach(c => c.Lines).NotNull().ChildRules(line => line.RuleFor(l => l.Quantity).Quantity());
        }
    }

    // Compiled once, as this is the most frequent command: EF Core does not translate the query each time.
    private static readonly Func<OrdersDb, List<Guid>, IAsyncEnumerable<ProductCopy>> ProductsOf = EF.CompileAsyncQuery(
        (OrdersDb db, List<Guid> ids) => db.Products.AsNoTracking().Where(p => ids.Contains(p.ProductId))
    );

    internal sealed class Handler(OrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, OrderView>
    {
        public async Task<OrderView> Handle(Command command, CancellationToken ct)
        {
            RefuseErased(command.CustomerId);
            var (lines, currency) = await Price(command.Lines, ct);
            var order = Order.Place(command.CustomerId, currency, lines, clock.GetUtcNow());
            db.Insert(order);
            await publisher.Publish(
                new OrderPlaced(order.Id, order.CustomerId, order.PlacedAt, order.Currency, [.. order.Lines.Select(Published)]),
                ct
            );
            return OrderView.Of(order);
        }

        private static OrderedLine Published(OrderLine line) => new(line.ProductId, line.Quantity, line.UnitPrice);

        private void RefuseErased(Guid? customerId)
        {
            if (customerId is not null && db.IsErased(customerId.Value))
            {
                throw new UnprocessableException("This customer's account was erased.", "customerId");
            }
        }

        private async Task<(List<OrderLine> Lines, string Currency)> Price(IReadOnlyList<Line> lines, CancellationToken ct)
        {
            var products = new Dictionary<Guid, ProductCopy>(lines.Count);
            await foreach (var product in ProductsOf(db, [.. lines.Select(line => line.ProductId)]).WithCancellation(ct))
            {
                products.Add(product.ProductId, product);
            }
            var priced = new List<OrderLine>(lines.Count);
            string? currency = null;
            for (var i = 0; i < lines.Count; i++)
            {
                var field = $"lines[{i}].productId";
                if (!products.TryGetValue(lines[i].ProductId, out var product))
                {
                    throw new UnprocessableException($"There is no product {lines[i].ProductId}.", field);
                }
                if (product.IsDiscontinued)
                {
                    throw new UnprocessableException($"Product {product.ProductId} is discontinued.", field);
                }
                if ((currency ??= product.Currency) != product.Currency)
                {
                    throw new UnprocessableException("All products of an order are priced in one currency.", field);
                }
                priced.Add(
                    new OrderLine
                    {
                        ProductId = product.ProductId,
                        Quantity = lines[i].Quantity,
                        UnitPrice = product.Price,
                    }
                );
            }
            return (priced, currency!);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/orders",
                async (Command body, ISender sender, HttpRequest request, CancellationToken ct) =>
                {
                    var order = await sender.Send(body, ct);
                    return request.Created($"/v1/orders/{order.Id}", order);
                }
            )
            .WithSummary("Place an order");
}
