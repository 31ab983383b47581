using ModularShop.Customers.Domain;
using ModularShop.Kernel.Http;

namespace ModularShop.Customers.Features;

/// <summary>
/// A customer as callers see it. Commands must not return it: their answers are stored for their Idempotency-Key, and would remain
/// after the person is erased.
/// </summary>
internal sealed record CustomerView(Guid Id, string? Number, string? Email, string? Name, string? Country, long Version) : IVersioned
{
    public static CustomerView Of(Customer customer) =>
        new(customer.Id, customer.Number, customer.Email, customer.Name, customer.Country, customer.Version);
}
