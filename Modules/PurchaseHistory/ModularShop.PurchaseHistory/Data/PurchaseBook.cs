using ModularShop.Kernel.Persistence;
using ModularShop.Orders.Contracts;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>
/// Records what was bought and returned, and keeps the sums of customers and products up to date. Optimised: orders are most of the
/// history and have up to thousands of lines, so rows are written directly and not tracked (benchmark <c>growth</c>, catch-up).
/// </summary>
internal sealed class PurchaseBook(PurchaseHistoryDb db)
{
    /// <summary>Adds an order, and rows for its customer and products if their own events have not come yet.</summary>
    public void AddOrder(Guid orderId, Guid? customerId, DateTimeOffset placedAt, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var buyer = BuyerOf(customerId);
        var order = new OrderCopy
        {
            OrderId = orderId,
            CustomerSequence = buyer,
            Currency = currency,
        };
        db.Insert(order);
        foreach (var (productId, bought) in ByProduct(lines, placedAt))
        {
            var product = ProductOf(productId);
            db.Insert(
                new Purchase
                {
                    OrderSequence = order.Sequence,
                    ProductSequence = product,
                    Quantity = bought.Quantity,
                    Amount = bought.Amount,
                    BoughtAt = bought.At,
                }
            );
            AddToSums(buyer, product, currency, orders: 1, bought, returned: default, lastBought: bought.At);
        }
    }

    /// <summary>Adds a return.</summary>
    public void AddReturn(Guid? customerId, DateTimeOffset returnedAt, string currency, IReadOnlyList<OrderedLine> lines)
    {
        var buyer = BuyerOf(customerId);
        foreach (var (productId, returned) in ByProduct(lines, returnedAt))
        {
            AddToSums(buyer, ProductOf(productId), currency, orders: 0, bought: default, returned, lastBought: null);
        }
    }

    /// <summary>Subtracts a purchase from the sums. The time of the last purchase of the product stays as it is.</summary>
    public void TakeOffSums(OrderCopy order, Purchase purchase)
    {
        var bought = new Goods(-purchase.Quantity, -purchase.Amount, purchase.BoughtAt);
        AddToSums(
            order.CustomerSequence,
            purchase.ProductSequence,
            order.Currency,
            orders: -1,
            bought,
            returned: default,
            lastBought: null
        );
    }

    // Adds to the sums of the product, and of the customer if there is one.
    private void AddToSums(
        long? buyer,
        long product,
        string currency,
        long orders,
        Goods bought,
        Goods returned,
        DateTimeOffset? lastBought
    )
    {
        if (buyer is { } customer)
        {
            db.AddUp(
                new CustomerProduct
                {
                    CustomerSequence = customer,
                    ProductSequence = product,
                    Currency = currency,
                    Orders = orders,
                    QuantityBought = bought.Quantity,
                    AmountBought = bought.Amount,
                    QuantityReturned = returned.Quantity,
                    AmountReturned = returned.Amount,
                    LastBought = lastBought,
                }
            );
        }
        db.AddUp(
            new ProductTotal
            {
                ProductSequence = product,
                Currency = currency,
                Orders = orders,
                QuantityBought = bought.Quantity,
                AmountBought = bought.Amount,
                QuantityReturned = returned.Quantity,
                AmountReturned = returned.Amount,
            }
        );
    }

    // Null for a guest. A customer who was erased counts as a guest.
    private long? BuyerOf(Guid? customerId)
    {
        if (customerId is not { } id)
        {
            return null;
        }
        if (db.FindCustomer(id) is { } known)
        {
            return known.IsErased ? null : known.Sequence;
        }
        // Events of different modules come in any order: this customer's own event has not come yet.
        var customer = new CustomerCopy { CustomerId = id, Label = id.ToString() };
        db.Insert(customer);
        return customer.Sequence;
    }

    private long ProductOf(Guid id)
    {
        if (db.FindProduct(id) is { } sequence)
        {
            return sequence;
        }
        var product = new ProductCopy { ProductId = id, Sku = id.ToString() };
        db.Insert(product);
        return product.Sequence;
    }

    private static Dictionary<Guid, Goods> ByProduct(IReadOnlyList<OrderedLine> lines, DateTimeOffset at)
    {
        var products = new Dictionary<Guid, Goods>(lines.Count);
        foreach (var line in lines)
        {
            var goods = new Goods(line.Quantity, line.Quantity * line.UnitPrice, line.BoughtAt ?? at);
            products[line.ProductId] = products.TryGetValue(line.ProductId, out var other) ? goods.Plus(other) : goods;
        }
        return products;
    }

    /// <summary>The lines of one product in an order or a return, added up.</summary>
    /// <param name="At">The latest of their times.</param>
    private readonly record struct Goods(long Quantity, decimal Amount, DateTimeOffset At)
    {
        public Goods Plus(Goods other) => new(checked(Quantity + other.Quantity), Amount + other.Amount, At > other.At ? At : other.At);
    }
}
