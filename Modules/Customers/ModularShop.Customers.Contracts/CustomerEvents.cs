using ModularShop.Kernel;

namespace ModularShop.Customers.Contracts;

/// <summary>
/// A customer was registered or imported. The number is that of an imported customer in the other system. Name, address and credentials
/// stay in the Customers module.
/// </summary>
[EventName("customers.customer-registered", version: 1)]
public sealed record CustomerRegistered(
    Guid CustomerId,
    [property: PersonalData(Of = nameof(CustomerRegistered.CustomerId))] string? Number,
    string? Country
) : IntegrationEvent
{
    public override string Key => CustomerId.ToString();
}

/// <summary>The country of a customer has changed.</summary>
[EventName("customers.customer-changed", version: 1)]
public sealed record CustomerChanged(Guid CustomerId, string? Country) : IntegrationEvent
{
    public override string Key => CustomerId.ToString();
}

/// <summary>A customer was erased. Every module that stores data about this person deletes it.</summary>
[EventName("customers.customer-erased", version: 1)]
public sealed record CustomerErased(Guid CustomerId) : IntegrationEvent
{
    public override string Key => CustomerId.ToString();
}
