using System.Text.Json;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Naive;

internal sealed class NaiveOrderValidator : AbstractValidator<OrderRequest>
{
    public NaiveOrderValidator()
    {
        RuleFor(order => order.CustomerId).NotEqual(Guid.Empty);
        RuleFor(order => order.Lines).NotEmpty().Must(lines => lines is null || lines.Count <= 5000);
        RuleForEach(order => order.Lines).NotNull().ChildRules(line => line.RuleFor(l => l.Quantity).InclusiveBetween(1, 1_000_000));
    }
}

/// <summary>Places an order: order, lines and message in the one transaction of SaveChanges.</summary>
internal static class NaivePlaceOrder
{
    public static async Task<IResult> Handle(
        OrderRequest body,
        IValidator<OrderRequest> validator,
        NaiveOrdersDb db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var validation = await validator.ValidateAsync(body, ct);
        if (!validation.IsValid)
        {
            return Results.ValidationProblem(validation.ToDictionary());
        }
        if (body.CustomerId is { } customer && await db.ErasedCustomers.AnyAsync(c => c.CustomerId == customer, ct))
        {
            return Unprocessable("This customer's account was erased.");
        }
        var ids = body.Lines.Select(line => line.ProductId).Distinct().ToList();
        var products = await db.Products.AsNoTracking().Where(p => ids.Contains(p.ProductId)).ToDictionaryAsync(p => p.ProductId, ct);
        if (products.Count < ids.Count || products.Values.Any(product => product.IsDiscontinued))
        {
            return Unprocessable("There is no such product.");
        }
        if (products.Values.DistinctBy(product => product.Currency).Count() > 1)
        {
            return Unprocessable("All products of an order are priced in one currency.");
        }
        var order = Order(body, products, clock.GetUtcNow());
        db.Orders.Add(order);
        db.Outbox.Add(Message(order));
        await db.SaveChangesAsync(ct);
        return Results.Created($"{OrderRequests.Path}/{order.Id}", Answer(order));
    }

    private static NaiveOrder Order(OrderRequest body, Dictionary<Guid, NaivePricedProduct> products, DateTimeOffset now) =>
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
                        new NaiveOrderLine
                        {
                            Position = index + 1,
                            ProductId = line.ProductId,
                            Quantity = line.Quantity,
                            UnitPrice = products[line.ProductId].Price,
                        }
                ),
            ],
        };

    private static OutboxMessage Message(NaiveOrder order)
    {
        var lines = order.Lines.Select(line => new OrderedLine(line.ProductId, line.Quantity, line.UnitPrice));
        var placed = new OrderPlaced(order.Id, order.CustomerId, order.PlacedAt, order.Currency, [.. lines]);
        return new OutboxMessage
        {
            MessageId = Guid.CreateVersion7(),
            Type = nameof(OrderPlaced),
            Payload = JsonSerializer.Serialize(placed, JsonSerializerOptions.Web),
            OccurredAt = order.PlacedAt,
        };
    }

    private static OrderAnswer Answer(NaiveOrder order) =>
        OrderAnswer.Placed(
            order.Id,
            order.CustomerId,
            order.PlacedAt,
            order.Currency,
            [.. order.Lines.Select(line => new OrderAnswerLine(line.ProductId, line.Quantity, line.UnitPrice))]
        );

    private static IResult Unprocessable(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status422UnprocessableEntity);
}
