using System.Text.Json.Serialization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Contracts;
using ModularShop.Orders.Data;
using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>
/// Imports past orders with their own dates and prices. Safe to repeat: an order with a known number is not changed, and is reported if
/// the import states it differently. The products need not be known here, as the import contains the prices.
/// </summary>
internal static class ImportOrders
{
    private const int MaxOrders = 200;

    internal sealed record Item(string Number, Guid? CustomerId, string Currency, DateTimeOffset PlacedAt, IReadOnlyList<LineItem> Lines);

    [DecidesOn(Copies.ErasedCustomers)]
    internal sealed record Command(IReadOnlyList<Item> Orders) : ICommand<Result>;

    /// <summary>How many orders were new, and totals of all orders in the request, new or known.</summary>
    /// <param name="Differences">The stored orders that differ from the request; null when there are none.</param>
    internal sealed record Result(
        int Added,
        int Orders,
        int Lines,
        decimal Total,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ImportDifference>? Differences = null
    );

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Orders)
                .NotEmpty()
                .Must(orders => orders is null || orders.Count <= MaxOrders)
                .WithMessage($"At most {MaxOrders} orders at a time.");
            RuleForEach(c => c.Orders).NotNull().SetValidator(new ItemValidator());
        }
    }

    private sealed class ItemValidator : AbstractValidator<Item>
    {
        public ItemValidator()
        {
            RuleFor(i => i.Number).NotEmpty().MaximumLength(50);
            RuleFor(i => i.CustomerId).NotEqual(Guid.Empty);
            RuleFor(i => i.Currency).Currency();
            RuleFor(i => i.PlacedAt).PastTime();
            RuleFor(i => i.Lines).Lines();
            RuleForEach(i => i.Lines).NotNull().SetValidator(new LineItemValidator());
        }
    }

    internal sealed class Handler(OrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Result>
    {
        public async Task<Result> Handle(Command command, CancellationToken ct)
        {
            var numbers = command.Orders.Select(item => item.Number).ToList();
            var orders = await db
                .Orders.AsNoTracking()
                .Where(o => numbers.Contains(o.ImportNumber!))
                .ToDictionaryAsync(o => o.ImportNumber!, ct);
            var erased = await db.ErasedAmong(command.Orders.Select(item => item.CustomerId), ct);
            var known = orders.Count;
            var differences = new ImportDifferences();
            foreach (var stated in command.Orders)
            {
                var item = erased.Contains(stated.CustomerId) ? stated with { CustomerId = null } : stated;
                if (orders.TryGetValue(item.Number, out var held))
                {
                    differences.Compare(item.Number, held.AsImported(), Comparable(item));
                }
                else
                {
                    orders[item.Number] = await Import(item, ct);
                }
            }
            return new Result(
                orders.Count - known,
                orders.Count,
                orders.Values.Sum(o => o.Lines.Count),
                orders.Values.Sum(o => o.Total),
                differences.Found
            );
        }

        private static PastInvoice Comparable(Item item) =>
            new(
                item.CustomerId,
                item.Currency,
                item.PlacedAt,
                [.. item.Lines.Select(line => line with { BoughtAt = line.BoughtAt ?? item.PlacedAt })]
            );

        private async Task<Order> Import(Item item, CancellationToken ct)
        {
            var order = Order.Import(item.Number, item.CustomerId, item.PlacedAt, item.Currency, item.Lines, clock.GetUtcNow());
            db.Insert(order);
            await publisher.Publish(
                new OrderImported(order.Id, order.CustomerId, order.PlacedAt, order.Currency, ContractLines.Of(item.Lines)),
                ct
            );
            return order;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/order-imports", (Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct))
            .WithSummary("Import orders of the past");
}
