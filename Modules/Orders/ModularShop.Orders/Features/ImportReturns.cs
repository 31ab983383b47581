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
/// Imports past returns with their own dates and prices; their orders are not known. Safe to repeat: a return with a known number is
/// not changed, and is reported if the import states it differently. The products need not be known here, as the import contains the
/// prices.
/// </summary>
internal static class ImportReturns
{
    private const int MaxReturns = 200;

    internal sealed record Item(string Number, Guid? CustomerId, string Currency, DateTimeOffset ReturnedAt, IReadOnlyList<LineItem> Lines);

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
            RuleFor(c => c.Returns)
                .NotEmpty()
                .Must(returns => returns is null || returns.Count <= MaxReturns)
                .WithMessage($"At most {MaxReturns} returns at a time.");
            RuleForEach(c => c.Returns).NotNull().SetValidator(new ItemValidator());
        }
    }

    private sealed class ItemValidator : AbstractValidator<Item>
    {
        public ItemValidator()
        {
            RuleFor(i => i.Number).NotEmpty().MaximumLength(50);
            RuleFor(i => i.CustomerId).NotEqual(Guid.Empty);
            RuleFor(i => i.Currency).Currency();
            RuleFor(i => i.ReturnedAt).PastTime();
            RuleFor(i => i.Lines).Lines();
            RuleForEach(i => i.Lines).NotNull().SetValidator(new LineItemValidator());
        }
    }

    internal sealed class Handler(OrdersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Result>
    {
        public async Task<Result> Handle(Command command, CancellationToken ct)
        {
            var numbers = command.Returns.Select(item => item.Number).ToList();
            var returns = await db
                .Returns.AsNoTracking()
                .Where(r => numbers.Contains(r.ImportNumber!))
                .ToDictionaryAsync(r => r.ImportNumber!, ct);
            var erased = await db.ErasedAmong(command.Returns.Select(item => item.CustomerId), ct);
            var known = returns.Count;
            var differences = new ImportDifferences();
            foreach (var stated in command.Returns)
            {
                var item = erased.Contains(stated.CustomerId) ? stated with { CustomerId = null } : stated;
                if (returns.TryGetValue(item.Number, out var held))
                {
                    differences.Compare(item.Number, held.AsImported(), Comparable(item));
                }
                else
                {
                    returns[item.Number] = await Import(item, ct);
                }
            }
            return new Result(
                returns.Count - known,
                returns.Count,
                returns.Values.Sum(r => r.Lines.Count),
                returns.Values.Sum(r => r.Total),
                differences.Found
            );
        }

        private static PastInvoice Comparable(Item item) =>
            new(item.CustomerId, item.Currency, item.ReturnedAt, [.. item.Lines.Select(line => line with { BoughtAt = null })]);

        private async Task<Return> Import(Item item, CancellationToken ct)
        {
            var @return = Return.Import(item.Number, item.CustomerId, item.ReturnedAt, item.Currency, item.Lines, clock.GetUtcNow());
            db.Insert(@return);
            await publisher.Publish(
                new ReturnImported(@return.Id, @return.CustomerId, @return.ReturnedAt, @return.Currency, ContractLines.Of(item.Lines)),
                ct
            );
            return @return;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/return-imports", (Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct))
            .WithSummary("Import returns of the past");
}
