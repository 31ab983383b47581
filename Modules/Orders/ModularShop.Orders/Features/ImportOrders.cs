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
    internal sealed record Item(string Number, Guid? CustomerId, string Currency, DateTimeOffset PlacedAt, IReadOnlyList<PricedLine> Lines)
        : IStatedInvoice
    {
        DateTimeOffset IStatedInvoice.At => PlacedAt;
    }

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
            RuleFor(c => c.Orders).OneTo(PastInvoiceImport.MaxInvoices, "orders at a time");
            RuleForEach(c => c.Orders).NotNull().SetValidator(new StatedInvoiceValidator<Item>(nameof(Item.PlacedAt)));
        }
    }

    internal sealed class Handler(OrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Result>
    {
        public async Task<Result> Handle(Command command, CancellationToken ct)
        {
            var numbers = command.Orders.Select(item => item.Number).ToList();
            var stored = await db.Orders.AsNoTracking().Where(o => numbers.Contains(o.ImportNumber!)).ToListAsync(ct);
            var import = await PastInvoiceImport.Run(db, command.Orders, stored.Select(Stored), Add, ct);
            return new Result(import.Added, import.Count, import.Lines, import.Total, import.Differences);
        }

        private async Task<PastInvoice> Add(PastInvoice invoice, CancellationToken ct)
        {
            var lines = invoice.Lines.Select(Line);
            var order = Order.Import(invoice.Number, invoice.CustomerId, invoice.At, invoice.Currency, lines, clock.GetUtcNow());
            db.Insert(order);
            await publisher.Publish(
                new OrderImported(order.Id, order.CustomerId, order.PlacedAt, order.Currency, invoice.PublishedLines()),
                ct
            );
            return invoice;
        }

        private static OrderLine Line(PricedLine line) =>
            new()
            {
                ProductId = line.ProductId,
                Quantity = line.Quantity,
                UnitPrice = line.UnitPrice,
                BoughtAt = line.BoughtAt,
            };

        private static PastInvoice Stored(Order order) =>
            new(
                order.ImportNumber!,
                order.CustomerId,
                order.Currency,
                order.PlacedAt,
                [
                    .. order
                        .Lines.OrderBy(line => line.Position)
                        .Select(line => new PricedLine(line.ProductId, line.Quantity, line.UnitPrice, line.BoughtAt)),
                ],
                ForgotCustomer: order.ForgotCustomer
            );
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/order-imports", (Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct))
            .WithSummary("Import orders of the past");
}
