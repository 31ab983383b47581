using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.Customers.Data;
using ModularShop.Customers.Domain;
using ModularShop.Kernel;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;

namespace ModularShop.Customers.Features;

/// <summary>
/// Registers a customer. The slow hashing of the password happens before the unit of work, in which other commands would wait.
/// </summary>
internal static class RegisterCustomer
{
    internal sealed record Request(string Email, [property: Secret] string Password, string? Name, string? Country)
        : IRequest<CustomerView>;

    internal sealed class Validator : AbstractValidator<Request>
    {
        public Validator()
        {
            RuleFor(r => r.Email).Email();
            RuleFor(r => r.Password).NewPassword();
            RuleFor(r => r.Name).CustomerName();
            RuleFor(r => r.Country).Country();
        }
    }

    internal sealed class HashingHandler(Passwords passwords, ISender sender) : IRequestHandler<Request, CustomerView>
    {
        public async Task<CustomerView> Handle(Request request, CancellationToken ct)
        {
            var hash = passwords.Hash(request.Password);
            var registered = await sender.Send(new Command(request, hash), ct);
            return new CustomerView(registered.CustomerId, Number: null, request.Email, request.Name, request.Country, registered.Version);
        }
    }

    // The salt makes the hash different each time, even for the same request.
    internal sealed record Command(Request Request, [property: NotCompared] string PasswordHash) : ICommand<Registered>;

    internal sealed record Registered(Guid CustomerId, long Version);

    internal sealed class Handler(CustomersDb db, IPublisher publisher, TimeProvider clock) : IRequestHandler<Command, Registered>
    {
        public async Task<Registered> Handle(Command command, CancellationToken ct)
        {
            var request = command.Request;
            var key = Customer.KeyOf(request.Email);
            if (await db.Customers.AnyAsync(c => c.EmailKey == key, ct))
            {
                throw new ConflictException("There is a customer with this e-mail address already.");
            }
            var customer = Customer.Register(request.Email, command.PasswordHash, request.Name, request.Country, clock.GetUtcNow());
            db.Customers.Add(customer);
            await publisher.Publish(new CustomerRegistered(customer.Id, customer.Number, customer.Country), ct);
            return new Registered(customer.Id, customer.Version);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/v1/customers",
                async (Request body, ISender sender, HttpRequest request, CancellationToken ct) =>
                {
                    var customer = await sender.Send(body, ct);
                    return request.Created($"/v1/customers/{customer.Id}", customer);
                }
            )
            .WithSummary("Register a customer");
}
