using System.Text.Json;
using Microsoft.EntityFrameworkCore;
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
        var json = Json(lines, placedAt);
        var buyer = Introduce(customerId, json);
        db.Execute(
            """
            INSERT INTO purchases (order_id, product_id, customer_id, currency, quantity, amount, bought_at)
            SELECT $order, value ->> 'product', $buyer, $currency, sum(value ->> 'quantity'), sum(value ->> 'amount'), max(value ->> 'at')
            FROM json_each($lines) GROUP BY value ->> 'product'
            """,
            ("$order", orderId),
            ("$buyer", buyer),
            ("$currency", currency),
            ("$lines", json)
        );
        if (buyer is not null)
        {
            db.Execute(
                """
                INSERT INTO customer_products
                    (customer_id, product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned, last_bought)
                SELECT customer_id, product_id, currency, 1, quantity, amount, 0, 0, bought_at FROM purchases WHERE order_id = $order
                ON CONFLICT (customer_id, product_id, currency) DO UPDATE SET
                    orders = orders + 1,
                    quantity_bought = quantity_bought + excluded.quantity_bought,
                    amount_bought = amount_bought + excluded.amount_bought,
                    last_bought = max(coalesce(last_bought, excluded.last_bought), excluded.last_bought)
                """,
                ("$order", orderId)
            );
        }
        db.Execute(
            """
            INSERT INTO product_totals
                (product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
            SELECT product_id, currency, 1, quantity, amount, 0, 0 FROM purchases WHERE order_id = $order
            ON CONFLICT (product_id, currency) DO UPDATE SET
                orders = orders + 1,
                quantity_bought = quantity_bought + excluded.quantity_bought,
                amount_bought = amount_bought + excluded.amount_bought
            """,
            ("$order", orderId)
        );
    }

    /// <summary>Takes an order out again, as if it had never been placed.</summary>
    public async Task Remove(Guid orderId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE customer_products AS c SET
                orders = orders - 1,
                quantity_bought = quantity_bought - p.quantity,
                amount_bought = amount_bought - p.amount,
                last_bought = (
                    SELECT max(other.bought_at) FROM purchases other
                    WHERE other.customer_id = c.customer_id AND other.product_id = c.product_id
                        AND other.currency = c.currency AND other.order_id <> {orderId}
                )
            FROM purchases p
            WHERE p.order_id = {orderId} AND p.customer_id = c.customer_id AND p.product_id = c.product_id
                AND p.currency = c.currency
            """,
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM customer_products WHERE orders = 0 AND quantity_returned = 0
                AND (customer_id, product_id) IN (SELECT customer_id, product_id FROM purchases WHERE order_id = {orderId})
            """,
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE product_totals AS t SET
                orders = orders - 1, quantity_bought = quantity_bought - p.quantity, amount_bought = amount_bought - p.amount
            FROM purchases p WHERE p.order_id = {orderId} AND p.product_id = t.product_id AND p.currency = t.currency
            """,
            ct
        );
        await db.Purchases.Where(p => p.OrderId == orderId).ExecuteDeleteAsync(ct);
    }

    /// <summary>Adds goods that came back.</summary>
    public void AddReturn(Guid? customerId, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var json = Json(lines);
        var buyer = Introduce(customerId, json);
        if (buyer is not null)
        {
            db.Execute(
                """
                INSERT INTO customer_products
                    (customer_id, product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
                SELECT $buyer, value ->> 'product', $currency, 0, 0, 0, sum(value ->> 'quantity'), sum(value ->> 'amount')
                FROM json_each($lines) GROUP BY value ->> 'product'
                ON CONFLICT (customer_id, product_id, currency) DO UPDATE SET
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
                (product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
            SELECT value ->> 'product', $currency, 0, 0, 0, sum(value ->> 'quantity'), sum(value ->> 'amount')
            FROM json_each($lines) GROUP BY value ->> 'product'
            ON CONFLICT (product_id, currency) DO UPDATE SET
                quantity_returned = quantity_returned + excluded.quantity_returned,
                amount_returned = amount_returned + excluded.amount_returned
            """,
            ("$currency", currency),
            ("$lines", json)
        );
    }

    /// <summary>Forgets whose purchases they were. What was sold of each product stays.</summary>
    public async Task Forget(Guid customerId, CancellationToken ct)
    {
        await db.CustomerProducts.Where(r => r.CustomerId == customerId).ExecuteDeleteAsync(ct);
        await db
            .Purchases.Where(p => p.CustomerId == customerId)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.CustomerId, (Guid?)null), ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO customers (customer_id, label, is_erased) VALUES ({customerId}, '', 1)
            ON CONFLICT (customer_id) DO UPDATE SET label = '', is_erased = 1
            """,
            ct
        );
    }

    // Sources are independent: an order may come before the events of its customer and products. Who was erased is a guest.
    private Guid? Introduce(Guid? customerId, string lines)
    {
        db.Execute(
            """
            INSERT INTO products (product_id, sku)
            SELECT value ->> 'product', lower(value ->> 'product') FROM json_each($lines) WHERE true
            ON CONFLICT (product_id) DO NOTHING
            """,
            ("$lines", lines)
        );
        if (customerId is null)
        {
            return null;
        }
        var isErased = db.Scalar("SELECT is_erased FROM customers WHERE customer_id = $customer", ("$customer", customerId));
        if (isErased is null)
        {
            db.Execute(
                "INSERT INTO customers (customer_id, label, is_erased) VALUES ($customer, lower($customer), 0)",
                ("$customer", customerId)
            );
        }
        return isErased is 1L ? null : customerId;
    }

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
