using Microsoft.Data.Sqlite;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel.Storage;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Raw;

/// <summary>
/// What PurchaseHistory makes of events, row by row the same, without dead letters, erasures, cancellations or anything
/// else that can go wrong: what it wrote once it takes to be there.
/// </summary>
internal sealed class RawPurchases : IDisposable
{
    private const string Sums = """
        orders = orders + excluded.orders,
        quantity_bought = quantity_bought + excluded.quantity_bought,
        amount_bought = amount_bought + excluded.amount_bought,
        quantity_returned = quantity_returned + excluded.quantity_returned,
        amount_returned = amount_returned + excluded.amount_returned
        """;

    private readonly SqliteConnection connection;
    private readonly List<RawStatement> statements = [];
    private readonly RawStatement learnCustomer;
    private readonly RawStatement learnProduct;
    private readonly RawStatement findCustomer;
    private readonly RawStatement findProduct;
    private readonly RawStatement introduceCustomer;
    private readonly RawStatement introduceProduct;
    private readonly RawStatement order;
    private readonly RawStatement purchase;
    private readonly RawStatement customerProduct;
    private readonly RawStatement productTotal;
    private readonly RawStatement checkpoint;
    private readonly Dictionary<Guid, long> known = [];
    private readonly Dictionary<Guid, (long Quantity, long Amount, long At)> products = [];

    public RawPurchases(SqliteConnection connection)
    {
        this.connection = connection;
        learnCustomer = Prepare(
            "INSERT INTO customers (customer_id, label, is_erased) VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET label = excluded.label"
        );
        learnProduct = Prepare(
            "INSERT INTO products (product_id, sku, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sku = excluded.sku, name = excluded.name"
        );
        findCustomer = Prepare("SELECT sequence FROM customers WHERE customer_id = ?");
        findProduct = Prepare("SELECT sequence FROM products WHERE product_id = ?");
        introduceCustomer = Prepare("INSERT INTO customers (customer_id, label, is_erased) VALUES (?, lower(?1), 0)");
        introduceProduct = Prepare("INSERT INTO products (product_id, sku) VALUES (?, lower(?1))");
        order = Prepare("INSERT INTO orders (order_id, customer_sequence, currency) VALUES (?, ?, ?)");
        purchase = Prepare("INSERT INTO purchases (order_sequence, product_sequence, quantity, amount, bought_at) VALUES (?, ?, ?, ?, ?)");
        customerProduct = Prepare(
            $"""
            INSERT INTO customer_products (customer_sequence, product_sequence, currency, orders, quantity_bought, amount_bought,
                quantity_returned, amount_returned, last_bought) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET {Sums},
                last_bought = max(coalesce(last_bought, excluded.last_bought), coalesce(excluded.last_bought, last_bought))
            """
        );
        productTotal = Prepare(
            $"""
            INSERT INTO product_totals (product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Sums}
            """
        );
        checkpoint = Prepare("UPDATE checkpoints SET position = ?, event_id = ? WHERE source = ?");
    }

    public void Learn(CustomerRegistered customer) =>
        learnCustomer.Run(Id(customer.CustomerId), customer.Number ?? customer.CustomerId.ToString());

    public void Learn(ProductAdded product) => learnProduct.Run(Id(product.ProductId), product.Sku, product.Name);

    public void Add(Guid orderId, Guid? customerId, DateTimeOffset placedAt, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var buyer = Buyer(customerId);
        var sequence = order.Insert(Id(orderId), buyer, currency);
        foreach (var (id, (quantity, amount, at)) in ByProduct(lines, placedAt))
        {
            var product = Sequence(id, findProduct, introduceProduct);
            purchase.Run(sequence, product, quantity, amount, at);
            if (buyer is not null)
            {
                customerProduct.Run(buyer, product, currency, 1, quantity, amount, 0, 0, at);
            }
            productTotal.Run(product, currency, 1, quantity, amount, 0, 0);
        }
    }

    public void Add(ReturnImported returned)
    {
        var buyer = Buyer(returned.CustomerId);
        foreach (var (id, (quantity, amount, _)) in ByProduct(returned.Lines, returned.ReturnedAt))
        {
            var product = Sequence(id, findProduct, introduceProduct);
            if (buyer is not null)
            {
                customerProduct.Run(buyer, product, returned.Currency, 0, 0, 0, quantity, amount, (long?)null);
            }
            productTotal.Run(product, returned.Currency, 0, 0, 0, quantity, amount);
        }
    }

    public void Reached(string source, long position, string eventId) => checkpoint.Run(position, eventId, source);

    public void Dispose() => statements.ForEach(statement => statement.Dispose());

    /// <summary>As EF Core writes ids.</summary>
    public static string Id(Guid id) => id.ToString().ToUpperInvariant();

    private RawStatement Prepare(string sql)
    {
        var statement = new RawStatement(connection, sql);
        statements.Add(statement);
        return statement;
    }

    private long? Buyer(Guid? customer) => customer is { } id ? Sequence(id, findCustomer, introduceCustomer) : null;

    // An order may come before the events of its customer and products.
    private long Sequence(Guid id, RawStatement find, RawStatement introduce)
    {
        if (!known.TryGetValue(id, out var sequence))
        {
            known[id] = sequence = find.Scalar(Id(id)) ?? introduce.Insert(Id(id));
        }
        return sequence;
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
