namespace ModularShop.Orders.Data;

/// <summary>The names of the read copies, as commands that decide on them use them.</summary>
internal static class Copies
{
    public const string Products = "products";

    public const string ErasedCustomers = "erased-customers";
}

/// <summary>The data about a product that is needed to price an order while the catalog does not run.</summary>
internal sealed class ProductCopy
{
    public required Guid ProductId { get; init; }

    public required decimal Price { get; set; }

    public required string Currency { get; set; }

    public bool IsDiscontinued { get; set; }
}

/// <summary>A customer who was erased. No order is accepted for them any more.</summary>
internal sealed class ErasedCustomer
{
    public required Guid CustomerId { get; init; }
}
