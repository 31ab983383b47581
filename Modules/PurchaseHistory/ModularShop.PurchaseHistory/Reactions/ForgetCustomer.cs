using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel.Requests;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Removes an erased customer from purchases and orders. The sums of each product stay.</summary>
internal sealed class ForgetCustomer(PurchaseHistoryDb db, IErasure erasure) : INotificationHandler<CustomerErased>
{
    public async Task Handle(CustomerErased notification, CancellationToken cancellationToken)
    {
        erasure.Forget(notification.CustomerId);
        var customer = await db.Customers.SingleOrDefaultAsync(c => c.CustomerId == notification.CustomerId, cancellationToken);
        if (customer is null)
        {
            // Stored although nothing is known of the customer: an order that was placed before the erasure may still come.
            db.Customers.Add(
                new CustomerCopy
                {
                    CustomerId = notification.CustomerId,
                    Label = "",
                    IsErased = true,
                }
            );
            return;
        }
        customer.Label = "";
        customer.IsErased = true;
        await db.CustomerProducts.Where(row => row.CustomerSequence == customer.Sequence).ExecuteDeleteAsync(cancellationToken);
        await db
            .Orders.Where(order => order.CustomerSequence == customer.Sequence)
            .ExecuteUpdateAsync(order => order.SetProperty(o => o.CustomerSequence, (long?)null), cancellationToken);
    }
}
