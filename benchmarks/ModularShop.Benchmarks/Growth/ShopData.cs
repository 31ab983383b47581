using System.Text.Json;
using ModularShop.Benchmarks.Harness;
using ModularShop.Host.Import;

namespace ModularShop.Benchmarks.Growth;

/// <summary>The products, customers and orders of a shop of a given size, the same in each run.</summary>
internal sealed class ShopData(int orders)
{
    public const int LinesPerOrder = 3;
    public const int PopularProducts = 10;

    private const int ProductCount = 4000;
    private const int OrdersPerCustomer = 20;
    private const int MinutesBetweenOrders = 1;
    private const string Currency = "GBP";

    private static readonly DateTimeOffset First = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Words =
    [
        .. "red white blue green wooden glass paper silver vintage small large round".Split(' '),
        .. "heart lantern clock mug bag box candle frame lamp ribbon spoon tray bowl".Split(' '),
        .. "holder set hanger garden kitchen christmas birthday party picnic travel".Split(' '),
    ];

    private readonly Random random = new(1);

    public int Orders => orders;

    public int Customers { get; } = Math.Max(1, orders / OrdersPerCustomer);

    public IReadOnlyList<Guid> ProductIds { get; set; } = [];

    /// <summary>In the order of their numbers, which is that of the pages of all purchases.</summary>
    public IReadOnlyList<Guid> CustomerIds { get; set; } = [];

    public static IEnumerable<ProductImport> NewProducts() =>
        Enumerable
            .Range(0, ProductCount)
            .Select(product => new ProductImport($"P{product:0000}", Name(product), 1 + product % 50 * 0.25m, Currency, First));

    public IEnumerable<CustomerImport> NewCustomers() =>
        Enumerable.Range(0, Customers).Select(customer => new CustomerImport(CustomerNumber(customer), "United Kingdom"));

    public static string CustomerNumber(int customer) => $"{customer:00000000}";

    public IEnumerable<OrderImport> NewOrders() =>
        Enumerable
            .Range(0, orders)
            .Select(order => new OrderImport(
                $"{order}",
                CustomerIds[random.Next(Customers)],
                Currency,
                First.AddMinutes(order * MinutesBetweenOrders),
                [.. Enumerable.Range(0, LinesPerOrder).Select(_ => new LineImport(Product(), random.Next(1, 10), 2.5m, null))]
            ));

    /// <summary>The time of the order with this number of later orders.</summary>
    public DateTimeOffset PlacedAt(double share) => First.AddMinutes((int)(orders * share) * MinutesBetweenOrders);

    /// <summary>Requests to place an order.</summary>
    public byte[][] Placements(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    HttpConnection.Post(
                        "/orders/v1/orders",
                        JsonSerializer.Serialize(
                            new
                            {
                                customerId = CustomerIds[random.Next(Customers)],
                                lines = Enumerable
                                    .Range(0, LinesPerOrder)
                                    .Select(_ => new { productId = Product(), quantity = random.Next(1, 10) }),
                            }
                        )
                    )
                ),
        ];

    public Guid Customer() => CustomerIds[random.Next(Customers)];

    public string Word() => Words[random.Next(Words.Length)];

    // As in real shops, few products account for many of the sales.
    private Guid Product() => ProductIds[(int)(ProductCount * Math.Pow(random.NextDouble(), 3))];

    private static string Name(int product)
    {
        var words = new Random(product);
        return string.Join(' ', Enumerable.Range(0, 4).Select(_ => Words[words.Next(Words.Length)]).Append($"{product}"));
    }
}
