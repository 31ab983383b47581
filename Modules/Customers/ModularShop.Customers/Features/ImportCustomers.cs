using System.Text.Json.Serialization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.Customers.Data;
using ModularShop.Customers.Domain;
using ModularShop.Kernel.Requests;

namespace ModularShop.Customers.Features;

/// <summary>
/// Adds customers from another system by their number, without credentials. Safe to repeat: a known number is not changed. The number
/// of an erased customer is not known any more and creates a new customer.
/// </summary>
internal static class ImportCustomers
{
    private const int MaxCustomers = 1000;

    internal sealed record Item(string Number, string? Country);

    internal sealed record Command(IReadOnlyList<Item> Customers) : ICommand<Stored>;

    /// <summary>The stored answer: the ids of the items, in their order, without the numbers.</summary>
    /// <param name="Kept">The number of known customers with another country, which was kept.</param>
    internal sealed record Stored(int Added, IReadOnlyList<Guid> CustomerIds, int Kept = 0);

    internal sealed record Imported(string Number, Guid CustomerId);

    /// <param name="Kept">The number of known customers with another country, which was kept.</param>
    internal sealed record Result(
        int Added,
        IReadOnlyList<Imported> Customers,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Kept = 0
    );

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Customers).OneTo(MaxCustomers, "customers at a time");
            RuleForEach(c => c.Customers).NotNull().SetValidator(new ItemValidator());
        }
    }

    private sealed class ItemValidator : AbstractValidator<Item>
    {
        public ItemValidator()
        {
            RuleFor(i => i.Number).Number();
            RuleFor(i => i.Country).Country();
        }
    }

    internal sealed class Handler(CustomersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Stored>
    {
        public async Task<Stored> Handle(Command command, CancellationToken ct)
        {
            var numbers = command.Customers.Select(item => item.Number).ToList();
            var known = await db
                .Customers.Where(c => numbers.Contains(c.Number!))
                .Select(c => new
                {
                    Number = c.Number!,
                    c.Id,
                    c.Country,
                })
                .ToDictionaryAsync(c => c.Number, ct);
            var ids = known.ToDictionary(c => c.Key, c => c.Value.Id);
            var kept = 0;
            foreach (var item in command.Customers)
            {
                if (!ids.ContainsKey(item.Number))
                {
                    ids[item.Number] = await Add(item, ct);
                }
                else if (item.Country is not null && known.TryGetValue(item.Number, out var held) && held.Country != item.Country)
                {
                    kept++;
                }
            }
            return new Stored(ids.Count - known.Count, [.. numbers.Select(number => ids[number])], kept);
        }

        private async Task<Guid> Add(Item item, CancellationToken ct)
        {
            var customer = Customer.Import(item.Number, item.Country, clock.GetUtcNow());
            db.Customers.Add(customer);
            await publisher.Publish(new CustomerRegistered(customer.Id, customer.Number, customer.Country), ct);
            return customer.Id;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/customer-imports",
                async (Command body, ISender sender, CancellationToken ct) =>
                {
                    var stored = await sender.Send(body, ct);
                    var imported = body.Customers.Zip(stored.CustomerIds, (item, id) => new Imported(item.Number, id));
                    return new Result(stored.Added, [.. imported.DistinctBy(customer => customer.Number)], stored.Kept);
                }
            )
            .WithSummary("Import customers by number");
}
