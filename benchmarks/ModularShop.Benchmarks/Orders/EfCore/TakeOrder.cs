using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.EfCore;

internal sealed class OrderValidator : AbstractValidator<OrderRequest>
{
    public OrderValidator()
    {
        RuleFor(order => order.CustomerId).NotEqual(Guid.Empty);
        RuleFor(order => order.Lines).NotEmpty().Must(lines => lines is null || lines.Count <= 5000);
        RuleForEach(order => order.Lines).NotNull().ChildRules(line => line.RuleFor(l => l.Quantity).InclusiveBetween(1, 1_000_000));
    }
}

/// <summary>What is done with a request whatever becomes of the event: it is checked, and the order added to the DbContext.</summary>
internal sealed class TakeOrder(IValidator<OrderRequest> validator, TimeProvider clock)
{
    /// <returns>The order, to be saved, or why there is none.</returns>
    public async Task<(OrderRow? Order, IResult? Refusal)> Add(OrderRequest body, OrdersDb db, CancellationToken ct)
    {
        var validation = await validator.ValidateAsync(body, ct);
        if (!validation.IsValid)
        {
            return (null, Results.ValidationProblem(validation.ToDictionary()));
        }
        if (body.CustomerId is { } customer && await db.ErasedCustomers.AnyAsync(c => c.CustomerId == customer, ct))
        {
            return (null, Unprocessable("This customer's account was erased."));
        }
        var ids = body.Lines.Select(line => line.ProductId).Distinct().ToList();
        var products = await db.Products.AsNoTracking().Where(p => ids.Contains(p.ProductId)).ToDictionaryAsync(p => p.ProductId, ct);
        if (products.Count < ids.Count || products.Values.Any(product => product.IsDiscontinued))
        {
            return (null, Unprocessable("There is no such product."));
        }
        if (products.Values.DistinctBy(product => product.Currency).Count() > 1)
        {
            return (null, Unprocessable("All products of an order are priced in one currency."));
        }
        var order = Order(body, products, clock.GetUtcNow());
        db.Orders.Add(order);
        return (order, null);
    }

    public static OrderPlaced Event(OrderRow order) =>
        new(
            order.Id,
            order.CustomerId,
            order.PlacedAt,
            order.Currency,
            [.. order.Lines.Select(line => new OrderedLine(line.ProductId, line.Quantity, line.UnitPrice))]
        );

    public static IResult Created(OrderRow order) => Results.Created($"{OrderRequests.Path}/{order.Id}", Answer(order));

    private static OrderRow Order(OrderRequest body, Dictionary<Guid, PricedProductRow> products, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            CustomerId = body.CustomerId,
            PlacedAt = now,
            Currency = products[body.Lines[0].ProductId].Currency,
            Status = "Placed",
            Lines =
            [
                .. body.Lines.Select(
                    (line, index) =>
                        new OrderLineRow
                        {
                            Position = index + 1,
                            ProductId = line.ProductId,
                            Quantity = line.Quantity,
                            UnitPrice = products[line.ProductId].Price,
                        }
                ),
            ],
        };

    private static OrderAnswer Answer(OrderRow order) =>
        OrderAnswer.Placed(
            order.Id,
            order.CustomerId,
            order.PlacedAt,
            order.Currency,
            [.. order.Lines.Select(line => new OrderAnswerLine(line.ProductId, line.Quantity, line.UnitPrice))]
        );

    private static IResult Unprocessable(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status422UnprocessableEntity);
}
