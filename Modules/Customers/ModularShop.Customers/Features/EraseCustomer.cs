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

/// <summary>Erases a customer permanently, and publishes an event so that all modules do the same.</summary>
internal static class EraseCustomer
{
    internal sealed record Command(Guid CustomerId, IfMatch? IfMatch) : ICommand<Unit>;

    internal sealed class Handler(CustomersDb db, IPublisher publisher, IErasure erasure, TimeProvider clock)
        : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command command, CancellationToken ct)
        {
            var customer = await db.Customers.Get(command.CustomerId, ct);
            command.IfMatch?.Check(customer.Version);
            customer.Erase(clock.GetUtcNow());
            erasure.Forget(customer.Id);
            await publisher.Publish(new CustomerErased(customer.Id), ct);
            return Unit.Value;
        }
    }

    /// <summary>After an older backup was restored.</summary>
    internal sealed class AgainHandler(CustomersDb db, ISender sender) : IRequestHandler<EraseAgain, Unit>
    {
        public async Task<Unit> Handle(EraseAgain command, CancellationToken ct) =>
            await db.Customers.FindAsync([command.Person], ct) is { ErasedAt: null }
                ? await sender.Send(new Command(command.Person, IfMatch: null), ct)
                : Unit.Value;
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapDelete(
                "/v1/customers/{customerId:guid}",
                async (Guid customerId, [FromHeader(Name = "If-Match")] IfMatch? ifMatch, ISender sender, CancellationToken ct) =>
                {
                    await sender.Send(new Command(customerId, ifMatch), ct);
                    return TypedResults.NoContent();
                }
            )
            .WithSummary("Erase a customer and all personal data");
}
