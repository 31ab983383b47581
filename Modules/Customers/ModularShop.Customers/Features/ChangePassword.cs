using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModularShop.Customers.Data;
using ModularShop.Customers.Domain;
using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;

namespace ModularShop.Customers.Features;

/// <summary>
/// Replaces the password of a customer who knows the current one. As in RegisterCustomer, the slow hashing happens before the unit of
/// work.
/// </summary>
internal static class ChangePassword
{
    internal sealed record Request(Guid CustomerId, [property: Secret] string CurrentPassword, [property: Secret] string NewPassword)
        : IRequest<Unit>;

    internal sealed class Validator : AbstractValidator<Request>
    {
        public Validator()
        {
            RuleFor(r => r.CurrentPassword).KnownPassword();
            RuleFor(r => r.NewPassword).NewPassword();
        }
    }

    internal sealed class HashingHandler(CustomersDb db, Passwords passwords, ISender sender) : IRequestHandler<Request, Unit>
    {
        public async Task<Unit> Handle(Request request, CancellationToken ct)
        {
            var present = (await db.Customers.Get(request.CustomerId, ct)).PasswordHash;
            var verified = passwords.Verify(present, request.CurrentPassword) ? present : null;
            return await sender.Send(new Command(request, verified, passwords.Hash(request.NewPassword)), ct);
        }
    }

    // The command refuses a wrong password, and not the code before it: a request that is repeated with its Idempotency-Key must get
    // its first answer, although the old password is wrong by then.
    internal sealed record Command(Request Request, [property: NotCompared] string? VerifiedHash, [property: NotCompared] string NewHash)
        : ICommand<Unit>;

    internal sealed class Handler(CustomersDb db) : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command command, CancellationToken ct)
        {
            var customer = await db.Customers.Get(command.Request.CustomerId, ct);
            if (command.VerifiedHash is null || command.VerifiedHash != customer.PasswordHash)
            {
                throw new UnprocessableException("This is not the customer's password.", "currentPassword");
            }
            customer.ChangePassword(command.NewHash);
            return Unit.Value;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/v1/customers/{customerId:guid}/password",
                async (Guid customerId, Body body, ISender sender, CancellationToken ct) =>
                {
                    await sender.Send(new Request(customerId, body.CurrentPassword, body.NewPassword), ct);
                    return TypedResults.NoContent();
                }
            )
            .WithSummary("Change a customer's password");

    internal sealed record Body(string CurrentPassword, string NewPassword);
}
