using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Data;
using ModularShop.Customers.Domain;
using ModularShop.Kernel;
using ModularShop.Kernel.Requests;

namespace ModularShop.Customers.Features;

/// <summary>
/// Returns the id of the customer with this e-mail address and password. A failure does not reveal which of them is wrong, or whether
/// the account exists.
/// </summary>
internal static class SignIn
{
    internal sealed record Query(string Email, string Password) : IQuery<SignedIn>;

    internal sealed record SignedIn(Guid CustomerId);

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Email).Email();
            RuleFor(q => q.Password).KnownPassword();
        }
    }

    internal sealed class Handler(CustomersDb db, Passwords passwords) : IRequestHandler<Query, SignedIn>
    {
        public async Task<SignedIn> Handle(Query query, CancellationToken ct)
        {
            var key = Customer.KeyOf(query.Email);
            var customer = await db.Customers.SingleOrDefaultAsync(c => c.EmailKey == key, ct);
            var verified = passwords.Verify(customer?.PasswordHash, query.Password);
            return verified ? new SignedIn(customer!.Id) : throw new UnauthorizedException("The e-mail address or the password is wrong.");
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/sign-ins", (Query body, ISender sender, CancellationToken ct) => sender.Send(body, ct))
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .WithSummary("Sign in");
}
