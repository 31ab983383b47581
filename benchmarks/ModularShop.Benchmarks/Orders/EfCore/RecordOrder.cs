using Microsoft.EntityFrameworkCore;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.EfCore;

/// <summary>The subscriber: applies an order once, in the one transaction of SaveChanges, with the inbox.</summary>
internal sealed class RecordOrder(HistoryDb db, TimeProvider clock)
{
    public async Task Handle(Guid messageId, OrderPlaced order, CancellationToken ct)
    {
        if (await db.Inbox.AnyAsync(message => message.MessageId == messageId, ct))
        {
            return;
        }
        db.Inbox.Add(new InboxMessage { MessageId = messageId, ProcessedAt = clock.GetUtcNow() });
        var buyer = await Customer(order.CustomerId, ct);
        var products = await Products([.. order.Lines.Select(line => line.ProductId).Distinct()], ct);
        var copy = new OrderCopyRow
        {
            OrderId = order.OrderId,
            Customer = buyer,
            Currency = order.Currency,
            Purchases = [.. order.Lines.GroupBy(line => line.ProductId).Select(lines => Purchase(order, products[lines.Key], lines))],
        };
        db.Orders.Add(copy);
        await CountTotals(copy, ct);
        if (buyer is not null)
        {
            await CountForCustomer(buyer, copy, ct);
        }
        await db.SaveChangesAsync(ct);
    }

    private static PurchaseRow Purchase(OrderPlaced order, ProductRow product, IEnumerable<OrderedLine> lines) =>
        new()
        {
            Product = product,
            Quantity = lines.Sum(line => line.Quantity),
            Amount = lines.Sum(line => line.Quantity * line.UnitPrice),
            BoughtAt = order.PlacedAt,
        };

    private async Task<Dictionary<Guid, ProductRow>> Products(List<Guid> ids, CancellationToken ct)
    {
        var products = await db.Products.Where(p => ids.Contains(p.ProductId)).ToDictionaryAsync(p => p.ProductId, ct);
        foreach (var id in ids.Where(id => !products.ContainsKey(id)))
        {
            products[id] = new ProductRow { ProductId = id, Sku = id.ToString() };
            db.Products.Add(products[id]);
        }
        return products;
    }

    // Who was erased is a guest.
    private async Task<CustomerRow?> Customer(Guid? customer, CancellationToken ct)
    {
        if (customer is not { } id)
        {
            return null;
        }
        var known = await db.Customers.SingleOrDefaultAsync(c => c.CustomerId == id, ct);
        if (known is null)
        {
            known = new CustomerRow { CustomerId = id, Label = id.ToString() };
            db.Customers.Add(known);
        }
        return known.IsErased ? null : known;
    }

    private async Task CountForCustomer(CustomerRow customer, OrderCopyRow order, CancellationToken ct)
    {
        var products = order.Purchases.Select(purchase => purchase.Product.Sequence).ToList();
        var known = await db
            .CustomerProducts.Where(r => r.CustomerSequence == customer.Sequence && products.Contains(r.ProductSequence))
            .ToDictionaryAsync(r => (r.Product, r.Currency), ct);
        foreach (var purchase in order.Purchases)
        {
            if (!known.TryGetValue((purchase.Product, order.Currency), out var row))
            {
                row = new CustomerProductRow
                {
                    Customer = customer,
                    Product = purchase.Product,
                    Currency = order.Currency,
                };
                db.CustomerProducts.Add(row);
            }
            row.Orders++;
            row.QuantityBought += purchase.Quantity;
            row.AmountBought += purchase.Amount;
            row.LastBought = row.LastBought > purchase.BoughtAt ? row.LastBought : purchase.BoughtAt;
        }
    }

    private async Task CountTotals(OrderCopyRow order, CancellationToken ct)
    {
        var products = order.Purchases.Select(purchase => purchase.Product.Sequence).ToList();
        var known = await db
            .ProductTotals.Where(r => products.Contains(r.ProductSequence))
            .ToDictionaryAsync(r => (r.Product, r.Currency), ct);
        foreach (var purchase in order.Purchases)
        {
            if (!known.TryGetValue((purchase.Product, order.Currency), out var row))
            {
                row = new ProductTotalRow { Product = purchase.Product, Currency = order.Currency };
                db.ProductTotals.Add(row);
            }
            row.Orders++;
            row.QuantityBought += purchase.Quantity;
            row.AmountBought += purchase.Amount;
        }
    }
}
