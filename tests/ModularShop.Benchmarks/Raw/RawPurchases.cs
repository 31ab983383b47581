using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel.Persistence;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Raw;

/// <summary>
/// What PurchaseHistory makes of events, row by row the same, without dead letters, erasures, cancellations or anything
/// else that can go wrong.
/// </summary>
internal sealed class RawPurchases(RawFile file)
{
    private readonly RawStatement learnCustomer = file.Insert(
        "customers",
        "customer_id, label, is_erased",
        "ON CONFLICT DO UPDATE SET label = excluded.label"
    );
    private readonly RawStatement learnProduct = file.Insert(
        "products",
        "product_id, sku, name",
        "ON CONFLICT DO UPDATE SET sku = excluded.sku, name = excluded.name"
    );
    private readonly RawStatement introduceCustomer = file.Insert("customers", "customer_id, label, is_erased", "ON CONFLICT DO NOTHING");
    private readonly RawStatement introduceProduct = file.Insert("products", "product_id, sku", "ON CONFLICT DO NOTHING");
    private readonly RawStatement purchase = file.Insert(
        "purchases",
        "order_id, product_id, customer_id, currency, quantity, amount, bought_at"
    );
    private readonly RawStatement customerProduct = file.Insert(
        "customer_products",
        "customer_id, product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned, last_bought",
        $"""
        ON CONFLICT DO UPDATE SET {Sums},
            last_bought = max(coalesce(last_bought, excluded.last_bought), coalesce(excluded.last_bought, last_bought))
        """
    );
    private readonly RawStatement productTotal = file.Insert(
        "product_totals",
        "product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned",
        $"ON CONFLICT DO UPDATE SET {Sums}"
    );
    private readonly RawStatement checkpoint = file.Prepare("UPDATE checkpoints SET position = ?, event_id = ? WHERE source = ?");
    private readonly HashSet<Guid> known = [];
    private readonly Dictionary<Guid, (long Quantity, long Amount, long At)> products = [];

    private const string Sums = """
        orders = orders + excluded.orders,
        quantity_bought = quantity_bought + excluded.quantity_bought,
        amount_bought = amount_bought + excluded.amount_bought,
        quantity_returned = quantity_returned + excluded.quantity_returned,
        amount_returned = amount_returned + excluded.amount_returned
        """;

    public void Learn(CustomerRegistered customer) =>
        learnCustomer.Run(Id(customer.CustomerId), customer.Number ?? customer.CustomerId.ToString(), 0);

    public void Learn(ProductAdded product) => learnProduct.Run(Id(product.ProductId), product.Sku, product.Name);

    public void Add(OrderImported order)
    {
        var (id, buyer) = (Id(order.OrderId), Introduce(order.CustomerId));
        foreach (var (product, (quantity, amount, at)) in ByProduct(order.Lines, order.PlacedAt))
        {
            var productId = Introduce(product);
            purchase.Run(id, productId, buyer, order.Currency, quantity, amount, at);
            if (buyer is not null)
            {
                customerProduct.Run(buyer, productId, order.Currency, 1, quantity, amount, 0, 0, at);
            }
            productTotal.Run(productId, order.Currency, 1, quantity, amount, 0, 0);
        }
    }

    public void Add(ReturnImported returned)
    {
        var buyer = Introduce(returned.CustomerId);
        foreach (var (product, (quantity, amount, _)) in ByProduct(returned.Lines, returned.ReturnedAt))
        {
            var productId = Introduce(product);
            if (buyer is not null)
            {
                customerProduct.Run(buyer, productId, returned.Currency, 0, 0, 0, quantity, amount, (long?)null);
            }
            productTotal.Run(productId, returned.Currency, 0, 0, 0, quantity, amount);
        }
    }

    public void Reached(string source, long position, string eventId) => checkpoint.Run(position, eventId, source);

    /// <summary>As EF Core writes ids.</summary>
    public static string Id(Guid id) => id.ToString().ToUpperInvariant();

    // An order may come before the events of its customer and products.
    private string? Introduce(Guid? customer)
    {
        if (customer is not { } guid)
        {
            return null;
        }
        var id = Id(guid);
        if (known.Add(guid))
        {
            introduceCustomer.Run(id, guid.ToString(), 0);
        }
        return id;
    }

    private string Introduce(Guid product)
    {
        var id = Id(product);
        if (known.Add(product))
        {
            introduceProduct.Run(id, product.ToString());
        }
        return id;
    }

    private Dictionary<Guid, (long Quantity, long Amount, long At)> ByProduct(IReadOnlyList<OrderedLine> lines, DateTimeOffset at)
    {
        products.Clear();
        foreach (var line in lines)
        {
            var (quantity, amount, latest) = products.GetValueOrDefault(line.ProductId);
            products[line.ProductId] = (
                quantity + line.Quantity,
                amount + ExactDecimal.ToStored(line.Quantity * line.UnitPrice),
                Math.Max(latest, (line.BoughtAt ?? at).ToUnixTimeMilliseconds())
            );
        }
        return products;
    }
}
