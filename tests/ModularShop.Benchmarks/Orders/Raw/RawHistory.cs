using ModularShop.Kernel.Persistence;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>The rows that the shop's purchase history makes of an order, written by hand.</summary>
internal sealed class RawHistory(RawFile file)
{
    private readonly Statement product = file.Prepare(
        "INSERT INTO products (product_id, sku) VALUES ($1, lower($1)) ON CONFLICT (product_id) DO NOTHING"
    );

    private readonly Statement customer = file.Prepare(
        "INSERT INTO customers (customer_id, label, is_erased) VALUES ($1, $2, 0) ON CONFLICT (customer_id) DO NOTHING"
    );

    private readonly Statement erased = file.Prepare("SELECT 1 FROM customers WHERE customer_id = $1 AND is_erased");

    private readonly Statement purchase = file.Prepare(
        """
        INSERT INTO purchases (order_id, product_id, customer_id, currency, quantity, amount, bought_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """
    );

    private readonly Statement ofCustomer = file.Prepare(
        """
        INSERT INTO customer_products
            (customer_id, product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned, last_bought)
        VALUES ($1, $2, $3, 1, $4, $5, 0, 0, $6)
        ON CONFLICT (customer_id, product_id, currency) DO UPDATE SET
            orders = orders + 1,
            quantity_bought = quantity_bought + excluded.quantity_bought,
            amount_bought = amount_bought + excluded.amount_bought,
            last_bought = max(coalesce(last_bought, excluded.last_bought), excluded.last_bought)
        """
    );

    private readonly Statement total = file.Prepare(
        """
        INSERT INTO product_totals
            (product_id, currency, orders, quantity_bought, amount_bought, quantity_returned, amount_returned)
        VALUES ($1, $2, 1, $3, $4, 0, 0)
        ON CONFLICT (product_id, currency) DO UPDATE SET
            orders = orders + 1,
            quantity_bought = quantity_bought + excluded.quantity_bought,
            amount_bought = amount_bought + excluded.amount_bought
        """
    );

    private readonly Statement checkpoint = file.Prepare("UPDATE checkpoints SET position = $1, event_id = $2 WHERE source = 'orders'");

    private readonly Statement position = file.Prepare("SELECT position FROM checkpoints WHERE source = 'orders'");

    public long Position() => (long)position.Scalar()!;

    public void Add(OrderPlaced order)
    {
        var (id, at) = (RawOrders.Text(order.OrderId), order.PlacedAt.ToUnixTimeMilliseconds());
        var buyer = Introduce(order.CustomerId);
        foreach (var lines in order.Lines.GroupBy(line => line.ProductId))
        {
            var bought = RawOrders.Text(lines.Key);
            var quantity = lines.Sum(line => (long)line.Quantity);
            var amount = ExactDecimal.ToStored(lines.Sum(line => line.Quantity * line.UnitPrice));
            product.Run(bought);
            purchase.Run(id, bought, (object?)buyer ?? DBNull.Value, order.Currency, quantity, amount, at);
            if (buyer is not null)
            {
                ofCustomer.Run(buyer, bought, order.Currency, quantity, amount, at);
            }
            total.Run(bought, order.Currency, quantity, amount);
        }
    }

    public void Checkpoint(long at, string eventId) => checkpoint.Run(at, eventId);

    // Who was erased is a guest.
    private string? Introduce(Guid? id)
    {
        if (id is not { } known)
        {
            return null;
        }
        var text = RawOrders.Text(known);
        customer.Run(text, known.ToString());
        return erased.Scalar(text) is null ? text : null;
    }
}
