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

/// <summary>Imports past returns, as <see cref="ImportOrders"/> does for orders. The orders of these returns are not known.</summary>
internal static class ImportReturns
{
    internal sealed record Item(
        string Number,
        Guid? CustomerId,
        string Currency,
        DateTimeOffset ReturnedAt,
        IReadOnlyList<PricedLine> Lines
    ) : IStatedInvoice
    {
        DateTimeOffset IStatedInvoice.At => ReturnedAt;
    }

    [DecidesOn(Copies.ErasedCustomers)]
    internal sealed record Command(IReadOnlyList<Item> Returns) : ICommand<Result>;

    /// <summary>How many returns were new, and totals of all returns in the request, new or known.</summary>
    /// <param name="Differences">The stored returns that differ from the request; null when there are none.</param>
    internal sealed record Result(
        int Added,
        int Returns,
        int Lines,
        decimal Total,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ImportDifference>? Differences = null
    );

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Returns).OneTo(PastInvoiceImport.MaxInvoices, "returns at a time");
            RuleForEach(c => c.Returns).NotNull().SetValidator(new StatedInvoiceValidator<Item>(nameof(Item.ReturnedAt)));
        }
    }

    internal sealed class Handler(OrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Result>
    {
        public async Task<Result> Handle(Command command, CancellationToken ct)
        {
            var numbers = command.Returns.Select(item => item.Number).ToList();
            var stored = await db.Returns.AsNoTracking().Where(r => numbers.Contains(r.ImportNumber!)).ToListAsync(ct);
            var import = await PastInvoiceImport.Run(db, command.Returns, stored.Select(Stored), Add, ct);
            return new Result(import.Added, import.Count, import.Lines, import.Total, import.Differences);
        }

        private async Task<PastInvoice> Add(PastInvoice invoice, CancellationToken ct)
        {
            var lines = invoice.Lines.Select(Line);
            var @return = Return.Import(invoice.Number, invoice.CustomerId, invoice.At, invoice.Currency, lines, clock.GetUtcNow());
            db.Insert(@return);
            await publisher.Publish(
                new ReturnImported(@return.Id, @return.CustomerId, @return.ReturnedAt, @return.Currency, invoice.PublishedLines()),
                ct
            );
            return invoice with { HasLineTimes = false };
        }

        private static ReturnLine Line(PricedLine line) =>
            new()
            {
                ProductId = line.ProductId,
                Quantity = line.Quantity,
                UnitPrice = line.UnitPrice,
            };

        private static PastInvoice Stored(Return @return) =>
            new(
                @return.ImportNumber!,
                @return.CustomerId,
                @return.Currency,
                @return.ReturnedAt,
                [
                    .. @return
                        .Lines.OrderBy(line => line.Position)
                        .Select(line => new PricedLine(line.ProductId, line.Quantity, line.UnitPrice)),
                ],
                HasLineTimes: false,
                @return.ForgotCustomer
            );
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/return-imports", (Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct))
            .WithSummary("Import returns of the past");
}
