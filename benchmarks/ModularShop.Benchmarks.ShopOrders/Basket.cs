namespace ModularShop.Benchmarks.ShopOrders;

/// <summary>The products to order, the same for every contender.</summary>
/// <param name="Number">Counted from 1 in the order in which baskets are sent.</param>
internal sealed record Basket(long Number, Guid CustomerId, IReadOnlyList<OrderedLine> Lines)
{
    private const int Customers = 1000;
    private const int Products = 1000;
    private const int LinesEach = 3;

    public static Basket Of(long number) =>
        new(
            number,
            Id(number % Customers),
            [
                .. Enumerable
                    .Range(0, LinesEach)
                    .Select(line => new OrderedLine(Id((number * 7 + line) % Products), Quantity: 1 + line, Price: 995 + number % 100)),
            ]
        );

    /// <summary>The event of an order of this basket.</summary>
    public OrderPlaced Place(DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), Number, CustomerId, now, "GBP", Lines.Sum(line => line.Quantity * line.Price), Lines);

    private static Guid Id(long number) => new((int)number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
