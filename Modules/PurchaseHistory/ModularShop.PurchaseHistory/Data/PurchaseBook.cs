using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>
/// Keeps purchases and their sums in step, in prepared SQL: an order has up to thousands of lines, and an entity for each would
/// make catching up on history many times slower. What happens often is written a row a statement: for one that changes several
/// SQLite keeps each page as it was.
/// </summary>
internal sealed class PurchaseBook(PurchaseHistoryDb db)
{
    private const int NotNullViolated = 1299; // SQLITE_CONSTRAINT_NOTNULL of sqlite3.h

    // What customers' and products' rows both count.
    private static readonly string AddSums = string.Join(
        ",\n",
        new[] { "orders", "quantity_bought", "amount_bought", "quantity_returned", "amount_returned" }.Select(Sum)
    );

    private static readonly string CountForCustomer = $"""
        INSERT INTO customer_products
            (customer_sequence, product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned, last_bought)
        VALUES ($buyer, $product, $currency, $orders, $quantity_bought, $amount_bought, $quantity_returned, $amount_returned, $last_bought)
        ON CONFLICT (customer_sequence, product_sequence, currency) DO UPDATE SET
            {AddSums},
            last_bought = max(coalesce(last_bought, excluded.last_bought), coalesce(excluded.last_bought, last_bought))
        """;

    private static readonly string CountForProduct = $"""
        INSERT INTO product_totals
            (product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
        VALUES ($product, $currency, $orders, $quantity_bought, $amount_bought, $quantity_returned, $amount_returned)
        ON CONFLICT (product_sequence, currency) DO UPDATE SET
            {AddSums}
        """;

    /// <summary>Adds an order, and makes its customer and products known if their own events have not come yet.</summary>
    public void Add(Guid orderId, Guid? customerId, DateTimeOffset placedAt, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var buyer = Introduce(customerId);
        var order = db.Insert(
            "INSERT INTO orders (order_id, customer_sequence, currency) VALUES ($id, $buyer, $currency)",
            ("$id", orderId),
            ("$buyer", buyer),
            ("$currency", currency)
        );
        foreach (var (productId, sold) in ByProduct(lines, placedAt))
        {
            var product = IntroduceProduct(productId);
            db.Execute(
                """
                INSERT INTO purchases (order_sequence, product_sequence, quantity, amount, bought_at)
                VALUES ($order, $product, $quantity, $amount, $bought_at)
                """,
                ("$order", order),
                ("$product", product),
                ("$quantity", sold.Quantity),
                ("$amount", sold.Amount),
                ("$bought_at", sold.BoughtAt)
            );
            Count(buyer, product, currency, orders: 1, bought: sold, returned: default);
        }
    }

    /// <summary>Takes an order out again, as if it had never been placed.</summary>
    public void Remove(Guid orderId)
    {
        if (Find("SELECT sequence FROM orders WHERE order_id = $id", orderId) is not { } order)
        {
            return;
        }
        db.Execute(
            """
            UPDATE customer_products AS c SET
                orders = orders - 1,
                quantity_bought = quantity_bought - p.quantity,
                amount_bought = amount_bought - p.amount,
                last_bought = (
                    SELECT max(other.bought_at) FROM orders others CROSS JOIN purchases other ON other.order_sequence = others.sequence
                    WHERE others.customer_sequence = c.customer_sequence AND others.currency = c.currency
                        AND others.sequence <> $order AND other.product_sequence = c.product_sequence
                )
            FROM orders o CROSS JOIN purchases p ON p.order_sequence = o.sequence
            WHERE o.sequence = $order AND o.customer_sequence = c.customer_sequence AND o.currency = c.currency
                AND p.product_sequence = c.product_sequence
            """,
            ("$order", order)
        );
        db.Execute(
            """
            DELETE FROM customer_products WHERE orders = 0 AND quantity_returned = 0
                AND customer_sequence = (SELECT customer_sequence FROM orders WHERE sequence = $order)
                AND product_sequence IN (SELECT product_sequence FROM purchases WHERE order_sequence = $order)
            """,
            ("$order", order)
        );
        db.Execute(
            """
            UPDATE product_totals AS t SET
                orders = orders - 1, quantity_bought = quantity_bought - p.quantity, amount_bought = amount_bought - p.amount
            FROM orders o CROSS JOIN purchases p ON p.order_sequence = o.sequence
            WHERE o.sequence = $order AND p.product_sequence = t.product_sequence AND o.currency = t.currency
            """,
            ("$order", order)
        );
        db.Execute("DELETE FROM purchases WHERE order_sequence = $order", ("$order", order));
        db.Execute("DELETE FROM orders WHERE sequence = $order", ("$order", order));
    }

    /// <summary>Adds goods that came back.</summary>
    public void AddReturn(Guid? customerId, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var buyer = Introduce(customerId);
        foreach (var (productId, returned) in ByProduct(lines))
        {
            Count(buyer, IntroduceProduct(productId), currency, orders: 0, bought: default, returned);
        }
    }

    /// <summary>Forgets whose purchases they were. What was sold of each product stays.</summary>
    public void Forget(Guid customerId)
    {
        var customer = Find("SELECT sequence FROM customers WHERE customer_id = $id", customerId) ?? AddCustomer(customerId);
        db.Execute("DELETE FROM customer_products WHERE customer_sequence = $customer", ("$customer", customer));
        db.Execute("UPDATE orders SET customer_sequence = NULL WHERE customer_sequence = $customer", ("$customer", customer));
        db.Execute("UPDATE customers SET label = '', is_erased = 1 WHERE sequence = $customer", ("$customer", customer));
    }

    // SQLite makes a floating-point number of an integer sum beyond 2^63. NULL fails instead, as the columns refuse it: the
    // event becomes a dead letter, and the sum stays exact.
    private static string Sum(string column) =>
        $"{column} = iif(typeof({column} + excluded.{column}) = 'integer', {column} + excluded.{column}, NULL)";

    // To the sums of the customer, if it was one, and of the product.
    private void Count(long? buyer, long product, string currency, long orders, Sale bought, Sale returned)
    {
        try
        {
            AddUp(buyer, product, currency, orders, bought, returned);
        }
        catch (SqliteException e) when (e.SqliteExtendedErrorCode == NotNullViolated)
        {
            throw new OverflowException("What was bought or returned of a product adds up to more than can be counted.", e);
        }
    }

    private void AddUp(long? buyer, long product, string currency, long orders, Sale bought, Sale returned)
    {
        if (buyer is not null)
        {
            db.Execute(
                CountForCustomer,
                ("$buyer", buyer),
                ("$product", product),
                ("$currency", currency),
                ("$orders", orders),
                ("$quantity_bought", bought.Quantity),
                ("$amount_bought", bought.Amount),
                ("$quantity_returned", returned.Quantity),
                ("$amount_returned", returned.Amount),
                ("$last_bought", orders == 0 ? null : bought.BoughtAt)
            );
        }
        db.Execute(
            CountForProduct,
            ("$product", product),
            ("$currency", currency),
            ("$orders", orders),
            ("$quantity_bought", bought.Quantity),
            ("$amount_bought", bought.Amount),
            ("$quantity_returned", returned.Quantity),
            ("$amount_returned", returned.Amount)
        );
    }

    // Sources are independent: an order may come before the events of its products.
    private long IntroduceProduct(Guid id) =>
        Find("SELECT sequence FROM products WHERE product_id = $id", id)
        ?? db.Insert("INSERT INTO products (product_id, sku) VALUES ($id, lower($id))", ("$id", id));

    /// <summary>And of its customer. Null for a guest, and who was erased is one.</summary>
    private long? Introduce(Guid? customerId)
    {
        if (customerId is not { } id)
        {
            return null;
        }
        var buyer = Find("SELECT iif(is_erased, 0, sequence) FROM customers WHERE customer_id = $id", id) ?? AddCustomer(id);
        return buyer is 0 ? null : buyer;
    }

    private long AddCustomer(Guid id) =>
        db.Insert("INSERT INTO customers (customer_id, label, is_erased) VALUES ($id, lower($id), 0)", ("$id", id));

    private long? Find(string sql, Guid id) => (long?)db.Scalar(sql, ("$id", id));

    private static Dictionary<Guid, Sale> ByProduct(IReadOnlyList<OrderedLine> lines, DateTimeOffset placedAt = default)
    {
        var products = new Dictionary<Guid, Sale>(lines.Count);
        foreach (var line in lines)
        {
            var sale = new Sale(
                line.Quantity,
                ExactDecimal.ToStored(line.Quantity * line.UnitPrice),
                (line.BoughtAt ?? placedAt).ToUnixTimeMilliseconds()
            );
            products[line.ProductId] = products.TryGetValue(line.ProductId, out var other) ? sale.Plus(other) : sale;
        }
        return products;
    }

    /// <summary>Lines of one product, amount and time as they are stored.</summary>
    private readonly record struct Sale(long Quantity, long Amount, long BoughtAt)
    {
        public Sale Plus(Sale other) =>
            new(checked(Quantity + other.Quantity), checked(Amount + other.Amount), Math.Max(BoughtAt, other.BoughtAt));
    }
}
