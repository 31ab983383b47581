using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Subtracts a cancelled order from the sums, and deletes it: it counts as never bought.</summary>
internal sealed class RemoveCancelledOrder(PurchaseHistoryDb db, PurchaseBook book) : INotificationHandler<OrderCancelled>
{
    public async Task Handle(OrderCancelled notification, CancellationToken cancellationToken)
    {
        var order = await db.Orders.SingleOrDefaultAsync(o => o.OrderId == notification.OrderId, cancellationToken);
        if (order is null)
        {
            return;
        }
        var purchases = await db.Purchases.Where(p => p.OrderSequence == order.Sequence).ToListAsync(cancellationToken);
        foreach (var purchase in purchases)
        {
            book.TakeOffSums(order, purchase);
        }
        db.Purchases.RemoveRange(purchases);
        db.Orders.Remove(order);
        // Saved now, because the statements below must not see the order any more.
        await db.SaveChangesAsync(cancellationToken);
        var products = purchases.Select(p => p.ProductSequence).ToList();
        var affected = db.CustomerProducts.Where(row =>
            row.CustomerSequence == order.CustomerSequence && row.Currency == order.Currency && products.Contains(row.ProductSequence)
        );
        await affected.Where(row => row.Orders == 0 && row.QuantityReturned == 0).ExecuteDeleteAsync(cancellationToken);
        await affected.ExecuteUpdateAsync(
            row =>
                row.SetProperty(
                    r => r.LastBought,
                    r =>
                        db.Orders.Where(other => other.CustomerSequence == r.CustomerSequence && other.Currency == r.Currency)
                            .Join(db.Purchases, other => other.Sequence, p => p.OrderSequence, (_, p) => p)
                            .Where(p => p.ProductSequence == r.ProductSequence)
                            .Max(p => (DateTimeOffset?)p.BoughtAt)
                ),
            cancellationToken
        );
    }
}
