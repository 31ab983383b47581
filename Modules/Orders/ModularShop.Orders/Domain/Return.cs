using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Orders.Domain;

internal sealed class ReturnLine
{
    public required int Position { get; init; }

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

    public static Return Of(Order order, IEnumerable<LineItem> items, DateTimeOffset now) =>
        new Return(Guid.CreateVersion7(now), order.Id, order.CustomerId, now, order.Currency, importNumber: null).With(items);

    public static Return Import(
        string number,
        Guid? customerId,
        DateTimeOffset returnedAt,
        string currency,
        IEnumerable<LineItem> items,
        DateTimeOffset now
    ) => new Return(Guid.CreateVersion7(now), orderId: null, customerId, returnedAt, currency, number).With(items);

    /// <summary>The data that an import is compared with. The lines of a return are stored without their own times.</summary>
    public PastInvoice AsImported() =>
        new(
            CustomerId,
            Currency,
            ReturnedAt,
            [.. lines.OrderBy(line => line.Position).Select(line => new LineItem(line.ProductId, line.Quantity, line.UnitPrice))],
            ForgotCustomer
        );

    private Return With(IEnumerable<LineItem> items)
    {
        lines.AddRange(
            items.Select(
                (item, index) =>
                    new ReturnLine
                    {
                        Position = index + 1,
                        ProductId = item.ProductId,
                        Quantity = item.Quantity,
                        UnitPrice = item.UnitPrice,
                    }
            )
        );
        return Total <= Order.MaxTotal ? this : throw new UnprocessableException($"A return's total is at most {Order.MaxTotal}.", "lines");
    }
}
