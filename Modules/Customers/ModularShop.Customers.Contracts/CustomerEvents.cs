using ModularShop.Kernel;

namespace ModularShop.Customers.Contracts;

/// <summary>
/// There is a new customer. The number is the one that an imported customer had in the system it came from.
/// Name, address and credentials stay with the Customers module.
/// </summary>
[EventName("customers.customer-registered", version: 1)]
public sealed record CustomerRegistered(Guid CustomerId, [property: PersonalData] string? Number, string? Country) : IntegrationEvent
{
    public override string Key => CustomerId.ToString();
}

/// <summary>A customer lives in another country now.</summary>
[EventName("customers.customer-changed", version: 1)]
public sealed record CustomerChanged(Guid CustomerId, string? Country) : IntegrationEvent
{
    public override string Key => CustomerId.ToString();
}

/// <summary>A customer wants to be forgotten: whoever holds something about this person deletes it.</summary>
[EventName("customers.customer-erased", version: 1)]
public sealed record CustomerErased(Guid CustomerId) : IntegrationEvent
{
    public override string Key => CustomerId.ToString();
}
