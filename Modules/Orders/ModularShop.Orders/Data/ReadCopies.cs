namespace ModularShop.Orders.Data;

/// <summary>The names of the read copies, which commands that decide on them give.</summary>
internal static class Copies
{
    public const string Products = "products";

    public const string ErasedCustomers = "erased-customers";
}

/// <summary>What Orders knows of a product: enough to price an order while the catalog is down.</summary>
internal sealed class ProductCopy
{
    public required Guid ProductId { get; init; }

    public required decimal Price { get; set; }

    public required string Currency { get; set; }

    public bool IsDiscontinued { get; set; }
}

/// <summary>A customer who asked to be forgotten, and for whom no order is taken any more.</summary>
internal sealed class ErasedCustomer
{
    public required Guid CustomerId { get; init; }
}
