using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Orders.Domain;

/// <summary>A returned quantity of a product with the unit price that was paid.</summary>
internal sealed class ReturnLine
{
    /// <summary>Counted from 1. The return sets it when it takes the line.</summary>
    public int Position { get; set; }

    public required Guid ProductId { get; init; }

    public required int Quantity { get; init; }

    public required decimal UnitPrice { get; init; }
}

/// <summary>Returned goods: of one order or, when imported, of an order that is not known.</summary>
internal sealed class Return : IIdentified, IInsertable
{
    private readonly List<ReturnLine> lines = [];

    private Return(Guid id, Guid? orderId, Guid? customerId, DateTimeOffset returnedAt, string currency, string? importNumber)
    {
        Id = id;
        OrderId = orderId;
        CustomerId = customerId;
        ReturnedAt = returnedAt;
        Currency = currency;
        ImportNumber = importNumber;
    }

    public long Sequence { get; private set; }

    public Guid Id { get; private set; }

    public Guid? OrderId { get; private set; }

    public Guid? CustomerId { get; private set; }

    public DateTimeOffset ReturnedAt { get; private set; }

    public string Currency { get; private set; }

    /// <summary>The number of an imported return in the other system; null for other returns.</summary>
    public string? ImportNumber { get; private set; }

    /// <summary>Whether the return had a customer who was erased later.</summary>
    public bool ForgotCustomer { get; private set; }

    public IReadOnlyList<ReturnLine> Lines => lines;

    public decimal Total => lines.Sum(line => line.Quantity * line.UnitPrice);

    public static Return Of(Order order, IEnumerable<ReturnLine> lines, DateTimeOffset now) =>
        new Return(Guid.CreateVersion7(now), order.Id, order.CustomerId, now, order.Currency, importNumber: null).With(lines);

    public static Return Import(
        string number,
        Guid? customerId,
        DateTimeOffset returnedAt,
        string currency,
        IEnumerable<ReturnLine> lines,
        DateTimeOffset now
    ) => new Return(Guid.CreateVersion7(now), orderId: null, customerId, returnedAt, currency, number).With(lines);

    private Return With(IEnumerable<ReturnLine> taken)
    {
        foreach (var line in taken)
        {
            line.Position = lines.Count + 1;
            lines.Add(line);
        }
        return Total <= Order.MaxTotal ? this : throw new UnprocessableException($"A return's total is at most {Order.MaxTotal}.", "lines");
    }
}
