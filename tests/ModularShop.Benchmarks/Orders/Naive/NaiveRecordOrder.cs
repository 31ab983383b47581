using Microsoft.EntityFrameworkCore;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Orders.Naive;

/// <summary>The subscriber: applies an order once, in the one transaction of SaveChanges, with the inbox.</summary>
internal sealed class NaiveRecordOrder(NaiveHistoryDb db, TimeProvider clock)
{
    public async Task Handle(Guid messageId, OrderPlaced order, CancellationToken ct)
    {
        if (await db.Inbox.AnyAsync(message => message.MessageId == messageId, ct))
        {
            return;
        }
        db.Inbox.Add(new InboxMessage { MessageId = messageId, ProcessedAt = clock.GetUtcNow() });
        var buyer = await IntroduceCustomer(order.CustomerId, ct);
        var purchases = order.Lines.GroupBy(line => line.ProductId).Select(lines => Purchase(order, buyer, lines)).ToList();
        var products = purchases.Select(purchase => purchase.ProductId).ToList();
        await IntroduceProducts(products, ct);
        db.Purchases.AddRange(purchases);
        await CountTotals(purchases, products, ct);
        if (buyer is { } customer)
        {
            await CountForCustomer(customer, purchases, products, ct);
        }
        await db.SaveChangesAsync(ct);
    }

    private static NaivePurchase Purchase(OrderPlaced order, Guid? buyer, IGrouping<Guid, OrderedLine> lines) =>
        new()
        {
            OrderId = order.OrderId,
            ProductId = lines.Key,
            CustomerId = buyer,
            Currency = order.Currency,
            Quantity = lines.Sum(line => line.Quantity),
            Amount = lines.Sum(line => line.Quantity * line.UnitPrice),
            BoughtAt = order.PlacedAt,
        };

    private async Task IntroduceProducts(List<Guid> products, CancellationToken ct)
    {
        var known = await db.Products.Where(p => products.Contains(p.ProductId)).Select(p => p.ProductId).ToListAsync(ct);
        db.Products.AddRange(products.Except(known).Select(id => new NaiveProduct { ProductId = id, Sku = id.ToString() }));
    }

    // Who was erased is a guest.
    private async Task<Guid?> IntroduceCustomer(Guid? customer, CancellationToken ct)
    {
        if (customer is not { } id)
        {
            return null;
        }
        var known = await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.CustomerId == id, ct);
        if (known is null)
        {
            db.Customers.Add(new NaiveCustomer { CustomerId = id, Label = id.ToString() });
        }
        return known?.IsErased is true ? null : id;
    }

    private async Task CountForCustomer(Guid customer, List<NaivePurchase> purchases, List<Guid> products, CancellationToken ct)
    {
        var known = await db
            .CustomerProducts.Where(r => r.CustomerId == customer && products.Contains(r.ProductId))
            .ToDictionaryAsync(r => (r.ProductId, r.Currency), ct);
        foreach (var purchase in purchases)
        {
            if (!known.TryGetValue((purchase.ProductId, purchase.Currency), out var row))
            {
                row = new NaiveCustomerProduct
                {
                    CustomerId = customer,
                    ProductId = purchase.ProductId,
                    Currency = purchase.Currency,
                };
                db.CustomerProducts.Add(row);
            }
            row.Orders++;
            row.QuantityBought += purchase.Quantity;
            row.AmountBought += purchase.Amount;
            row.LastBought = row.LastBought > purchase.BoughtAt ? row.LastBought : purchase.BoughtAt;
        }
    }

    private async Task CountTotals(List<NaivePurchase> purchases, List<Guid> products, CancellationToken ct)
    {
        var known = await db.ProductTotals.Where(r => products.Contains(r.ProductId)).ToDictionaryAsync(r => (r.ProductId, r.Currency), ct);
        foreach (var purchase in purchases)
        {
            if (!known.TryGetValue((purchase.ProductId, purchase.Currency), out var row))
            {
                row = new NaiveProductTotal { ProductId = purchase.ProductId, Currency = purchase.Currency };
                db.ProductTotals.Add(row);
            }
            row.Orders++;
            row.QuantityBought += purchase.Quantity;
            row.AmountBought += purchase.Amount;
        }
    }
}
