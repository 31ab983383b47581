using ModularShop.Kernel.Persistence;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>What this module knows of a customer.</summary>
internal sealed class CustomerCopy : IInsertable
{
    /// <summary>The row number. Other tables refer to it, because an id takes 36 bytes in each row and each index entry.</summary>
    public long Sequence { get; init; }

    public required Guid CustomerId { get; init; }

    /// <summary>The customer's number if there is one, otherwise the id.</summary>
    public required string Label { get; set; }

    public bool IsErased { get; set; }
}

/// <summary>What this module knows of a product.</summary>
internal sealed class ProductCopy : IInsertable
{
    public long Sequence { get; init; }

    public required Guid ProductId { get; init; }

    public required string Sku { get; set; }

    public string? Name { get; set; }
}

/// <summary>An order. It is kept with its purchases, so that it can be subtracted from the sums when it is cancelled.</summary>
internal sealed class OrderCopy : IInsertable
{
    public long Sequence { get; init; }

    public required Guid OrderId { get; init; }

    /// <summary>Null for a guest.</summary>
    public long? CustomerSequence { get; init; }

    public required string Currency { get; init; }
}

/// <summary>A product in an order: one row for all lines of that product. Quantity and amount are their sums.</summary>
internal sealed class Purchase : IInsertable
{
    public required long OrderSequence { get; init; }

    public required long ProductSequence { get; init; }

    public required long Quantity { get; init; }

    public required decimal Amount { get; init; }

    public required DateTimeOffset BoughtAt { get; init; }
}

/// <summary>All that a customer bought and returned of a product.</summary>
internal sealed class CustomerProduct : ITotals
{
    public required long CustomerSequence { get; init; }

    public required long ProductSequence { get; init; }

    public required string Currency { get; init; }

    public long Orders { get; init; }

    public long QuantityBought { get; init; }

    public decimal AmountBought { get; init; }

    public long QuantityReturned { get; init; }

    public decimal AmountReturned { get; init; }

    /// <summary>Null when only returns are known.</summary>
    [Keeps(Keep.Greatest)]
    public DateTimeOffset? LastBought { get; init; }
}

/// <summary>All that was bought and returned of a product, guests included.</summary>
internal sealed class ProductTotal : ITotals
{
    public required long ProductSequence { get; init; }

    public required string Currency { get; init; }

    public long Orders { get; init; }

    public long QuantityBought { get; init; }

    public decimal AmountBought { get; init; }

    public long QuantityReturned { get; init; }

    public decimal AmountReturned { get; init; }
}
