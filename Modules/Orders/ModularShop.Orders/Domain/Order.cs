using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Orders.Domain;

internal enum OrderStatus
{
    /// <summary>The order is to be fulfilled.</summary>
    Placed,

    /// <summary>The order was cancelled before it was shipped.</summary>
    Cancelled,

    /// <summary>The order is finished. Imported orders have this status from the beginning.</summary>
    Completed,
}

/// <summary>A quantity of a product with its unit price, which is fixed when the order is placed.</summary>
internal sealed class OrderLine
{
    /// <summary>Counted from 1. The order sets it when it takes the line.</summary>
    public int Position { get; set; }

    public required Guid ProductId { get; init; }

    public required int Quantity { get; init; }

    public required decimal UnitPrice { get; init; }

    /// <summary>When the line was bought, if an imported order has times for its lines; otherwise null.</summary>
    public DateTimeOffset? BoughtAt { get; init; }

    /// <summary>How many pieces were returned.</summary>
    public int Returned { get; set; }
}

/// <summary>An order and its rules.</summary>
internal sealed class Order : IIdentified, IInsertable
{
    /// <summary>The greatest allowed total of an order, in any currency.</summary>
    public const decimal MaxTotal = 1_000_000_000;

    private readonly List<OrderLine> lines = [];

    private Order(Guid id, Guid? customerId, DateTimeOffset placedAt, string currency, OrderStatus status, string? importNumber)
    {
        Id = id;
        CustomerId = customerId;
        PlacedAt = placedAt;
        Currency = currency;
        Status = status;
        ImportNumber = importNumber;
    }

    /// <summary>The row number, in the order in which orders were stored.</summary>
    public long Sequence { get; private set; }

    public Guid Id { get; private set; }

    /// <summary>Null for a guest, and for a customer who was erased.</summary>
    public Guid? CustomerId { get; private set; }

    public DateTimeOffset PlacedAt { get; private set; }

    public string Currency { get; private set; }

    public OrderStatus Status { get; private set; }

    public string? CancellationReason { get; private set; }

    /// <summary>The number of an imported order in the other system; null for other orders.</summary>
    public string? ImportNumber { get; private set; }

    /// <summary>Whether the order had a customer who was erased later.</summary>
    public bool ForgotCustomer { get; private set; }

    public long Version { get; private set; } = 1;

    public IReadOnlyList<OrderLine> Lines => lines;

    public decimal Total => lines.Sum(line => line.Quantity * line.UnitPrice);

    /// <exception cref="UnprocessableException">The total is greater than <see cref="MaxTotal"/>.</exception>
    public static Order Place(Guid? customerId, string currency, IEnumerable<OrderLine> lines, DateTimeOffset now) =>
        new Order(Guid.CreateVersion7(now), customerId, now, currency, OrderStatus.Placed, importNumber: null).With(lines);

    /// <exception cref="UnprocessableException">The total is greater than <see cref="MaxTotal"/>.</exception>
    public static Order Import(
        string number,
        Guid? customerId,
        DateTimeOffset placedAt,
        string currency,
        IEnumerable<OrderLine> lines,
        DateTimeOffset now
    ) => new Order(Guid.CreateVersion7(now), customerId, placedAt, currency, OrderStatus.Completed, number).With(lines);

    /// <exception cref="ConflictException">The order is cancelled or completed, or a part of it was returned.</exception>
    public void Cancel(string reason)
    {
        if (Status is not OrderStatus.Placed)
        {
            throw new ConflictException($"The order is {Status.ToString().ToLowerInvariant()} and cannot be cancelled.");
        }
        if (lines.Exists(line => line.Returned > 0))
        {
            throw new ConflictException("Something of the order came back already; return the rest.");
        }
        Status = OrderStatus.Cancelled;
        CancellationReason = reason;
        Version++;
    }

    /// <summary>Returns a quantity of a product, at the prices that were paid.</summary>
    /// <exception cref="ConflictException">The order is cancelled, or fewer pieces are left to return.</exception>
    public IReadOnlyList<ReturnLine> TakeBack(Guid productId, int quantity)
    {
        if (Status is OrderStatus.Cancelled)
        {
            throw new ConflictException("The order is cancelled; there is nothing to return.");
        }
        var left = lines.Where(line => line.ProductId == productId).Sum(line => (long)line.Quantity - line.Returned);
        if (left < quantity)
        {
            throw new ConflictException($"Of product {productId} there are {left} left to return.");
        }
        var returned = new List<ReturnLine>();
        foreach (var line in lines.Where(line => line.ProductId == productId && line.Returned < line.Quantity))
        {
            var taken = Math.Min(quantity, line.Quantity - line.Returned);
            line.Returned += taken;
            quantity -= taken;
            returned.Add(
                new ReturnLine
                {
                    ProductId = productId,
                    Quantity = taken,
                    UnitPrice = line.UnitPrice,
                }
            );
            if (quantity == 0)
            {
                break;
            }
        }
        Version++;
        return returned;
    }

    private Order With(IEnumerable<OrderLine> taken)
    {
        foreach (var line in taken)
        {
            line.Position = lines.Count + 1;
            lines.Add(line);
        }
        return Total <= MaxTotal ? this : throw new UnprocessableException($"An order's total is at most {MaxTotal}.", "lines");
    }
}
