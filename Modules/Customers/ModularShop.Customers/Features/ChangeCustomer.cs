using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ModularShop.Customers.Contracts;
using ModularShop.Customers.Data;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Customers.Features;

/// <summary>Changes the name and country of a customer. Other modules are told about the country only.</summary>
internal static class ChangeCustomer
{
    internal sealed record Command(Guid CustomerId, string? Name, string? Country, IfMatch? IfMatch) : ICommand<Unit>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).CustomerName();
            RuleFor(c => c.Country).Country();
        }
    }

    internal sealed class Handler(CustomersDb db, IPublisher publisher) : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command command, CancellationToken ct)
        {
            var customer = await db.Customers.Get(command.CustomerId, ct);
            command.IfMatch?.Check(customer.Version);
            var moves = command.Country != customer.Country;
            customer.Change(command.Name, command.Country);
            if (moves)
            {
                await publisher.Publish(new CustomerChanged(customer.Id, customer.Country), ct);
            }
            return Unit.Value;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/v1/customers/{customerId:guid}",
                async (
                    Guid customerId,
                    Body body,
                    [FromHeader(Name = "If-Match")] IfMatch? ifMatch,
                    ISender sender,
                    CancellationToken ct
                ) =>
                {
                    await sender.Send(new Command(customerId, body.Name, body.Country, ifMatch), ct);
                    return await sender.Send(new ShowCustomer.Query(customerId), ct);
                }
            )
            .WithSummary("Change a customer's name and country");

    internal sealed record Body(string? Name, string? Country);
}
