using System.Text.Json;
using ModularShop.Kernel.Persistence;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>
/// Keeps purchases and their sums in step, a whole order at a time in prepared, set-based SQL: an order has up to thousands
/// of lines, and an entity for each would make catching up on history many times slower.
/// </summary>
internal sealed class PurchaseBook(PurchaseHistoryDb db)
{
    /// <summary>Adds an order, and makes its customer and products known if their own events have not come yet.</summary>
    public void Add(Guid orderId, Guid? customerId, DateTimeOffset placedAt, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var buyer = Introduce(customerId);
        var order = db.Scalar(
            "INSERT INTO orders (order_id, customer_sequence, currency) VALUES ($id, $buyer, $currency) RETURNING sequence",
            ("$id", orderId),
            ("$buyer", buyer),
            ("$currency", currency)
        );
        AddPurchases(order, lines, Json(lines, placedAt));
        if (buyer is not null)
        {
            db.Execute(
                """
                INSERT INTO customer_products
                    (customer_sequence, product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned, last_bought)
                SELECT $buyer, product_sequence, $currency, 1, quantity, amount, 0, 0, bought_at FROM purchases WHERE order_sequence = $order
                ON CONFLICT (customer_sequence, product_sequence, currency) DO UPDATE SET
                    orders = orders + 1,
                    quantity_bought = quantity_bought + excluded.quantity_bought,
                    amount_bought = amount_bought + excluded.amount_bought,
                    last_bought = max(coalesce(last_bought, excluded.last_bought), excluded.last_bought)
                """,
                ("$order", order),
                ("$buyer", buyer),
                ("$currency", currency)
            );
        }
        db.Execute(
            """
            INSERT INTO product_totals
                (product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
            SELECT product_sequence, $currency, 1, quantity, amount, 0, 0 FROM purchases WHERE order_sequence = $order
            ON CONFLICT (product_sequence, currency) DO UPDATE SET
                orders = orders + 1,
                quantity_bought = quantity_bought + excluded.quantity_bought,
                amount_bought = amount_bought + excluded.amount_bought
            """,
            ("$order", order),
            ("$currency", currency)
        );
    }

    /// <summary>Takes an order out again, as if it had never been placed.</summary>
    public void Remove(Guid orderId)
    {
        if (db.Scalar("SELECT sequence FROM orders WHERE order_id = $id", ("$id", orderId)) is not { } order)
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
        var json = Json(lines);
        IntroduceProducts(json);
        if (Introduce(customerId) is { } buyer)
        {
            db.Execute(
                """
                INSERT INTO customer_products
                    (customer_sequence, product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
                SELECT $buyer, p.sequence, $currency, 0, 0, 0, sum(line.value ->> 'quantity'), sum(line.value ->> 'amount')
                FROM json_each($lines) line CROSS JOIN products p ON p.product_id = line.value ->> 'product' GROUP BY p.sequence
                ON CONFLICT (customer_sequence, product_sequence, currency) DO UPDATE SET
                    quantity_returned = quantity_returned + excluded.quantity_returned,
                    amount_returned = amount_returned + excluded.amount_returned
                """,
                ("$buyer", buyer),
                ("$currency", currency),
                ("$lines", json)
            );
        }
        db.Execute(
            """
            INSERT INTO product_totals
                (product_sequence, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
            SELECT p.sequence, $currency, 0, 0, 0, sum(line.value ->> 'quantity'), sum(line.value ->> 'amount')
            FROM json_each($lines) line CROSS JOIN products p ON p.product_id = line.value ->> 'product' GROUP BY p.sequence
            ON CONFLICT (product_sequence, currency) DO UPDATE SET
                quantity_returned = quantity_returned + excluded.quantity_returned,
                amount_returned = amount_returned + excluded.amount_returned
            """,
            ("$currency", currency),
            ("$lines", json)
        );
    }

    /// <summary>Forgets whose purchases they were. What was sold of each product stays.</summary>
    public void Forget(Guid customerId)
    {
        var customer =
            db.Scalar("SELECT sequence FROM customers WHERE customer_id = $customer", ("$customer", customerId)) ?? AddCustomer(customerId);
        db.Execute("DELETE FROM customer_products WHERE customer_sequence = $customer", ("$customer", customer));
        db.Execute("UPDATE orders SET customer_sequence = NULL WHERE customer_sequence = $customer", ("$customer", customer));
        db.Execute("UPDATE customers SET label = '', is_erased = 1 WHERE sequence = $customer", ("$customer", customer));
    }

    // Nearly always all products are known, which shows in as many rows as there are products.
    private void AddPurchases(object? order, IReadOnlyList<OrderedLine> lines, string json)
    {
        const string insert = """
            INSERT INTO purchases (order_sequence, product_sequence, quantity, amount, bought_at)
            SELECT $order, p.sequence, sum(line.value ->> 'quantity'), sum(line.value ->> 'amount'), max(line.value ->> 'at')
            FROM json_each($lines) line CROSS JOIN products p ON p.product_id = line.value ->> 'product' GROUP BY p.sequence
            ON CONFLICT DO NOTHING
            """;
        if (db.Execute(insert, ("$order", order), ("$lines", json)) < lines.DistinctBy(line => line.ProductId).Count())
        {
            IntroduceProducts(json);
            db.Execute(insert, ("$order", order), ("$lines", json));
        }
    }

    // Sources are independent: an order may come before the events of its products.
    private void IntroduceProducts(string lines) =>
        db.Execute(
            """
            INSERT INTO products (product_id, sku)
            SELECT DISTINCT value ->> 'product', lower(value ->> 'product') FROM json_each($lines)
            WHERE NOT EXISTS (SELECT 1 FROM products WHERE product_id = value ->> 'product')
            """,
            ("$lines", lines)
        );

    /// <summary>And of its customer. Null for a guest, and who was erased is one.</summary>
    private object? Introduce(Guid? customerId)
    {
        if (customerId is not { } id)
        {
            return null;
        }
        var buyer =
            db.Scalar("SELECT iif(is_erased, 0, sequence) FROM customers WHERE customer_id = $customer", ("$customer", id))
            ?? AddCustomer(id);
        return buyer is 0L ? null : buyer;
    }

    private object? AddCustomer(Guid id) =>
        db.Scalar(
            "INSERT INTO customers (customer_id, label, is_erased) VALUES ($customer, lower($customer), 0) RETURNING sequence",
            ("$customer", id)
        );

    // Ids as EF Core writes them: upper case.
    private static string Json(IReadOnlyList<OrderedLine> lines, DateTimeOffset placedAt = default) =>
        JsonSerializer.Serialize(
            lines.Select(line => new
            {
                product = line.ProductId.ToString().ToUpperInvariant(),
                quantity = line.Quantity,
                at = (line.BoughtAt ?? placedAt).ToUnixTimeMilliseconds(),
                amount = ExactDecimal.ToStored(line.Quantity * line.UnitPrice),
            })
        );
}
