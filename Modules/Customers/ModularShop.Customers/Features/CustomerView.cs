using ModularShop.Customers.Domain;
using ModularShop.Kernel.Http;

namespace ModularShop.Customers.Features;

/// <summary>
/// A customer as callers see it. No command answers with one: a command's answer is kept for its Idempotency-Key, and
/// would outlast the erasure of the person.
/// </summary>
internal sealed record CustomerView(Guid Id, string? Number, string? Email, string? Name, string? Country, long Version) : IVersioned
{
    public static CustomerView Of(Customer customer) =>
        new(customer.Id, customer.Number, customer.Email, customer.Name, customer.Country, customer.Version);
}
