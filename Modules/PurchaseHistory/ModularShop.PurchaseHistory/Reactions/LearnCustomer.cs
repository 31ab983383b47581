using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Keeps the number that a customer is known by. Orders may have come first.</summary>
internal sealed class LearnCustomer(PurchaseHistoryDb db) : INotificationHandler<CustomerRegistered>
{
    public async Task Handle(CustomerRegistered notification, CancellationToken cancellationToken)
    {
        var label = notification.Number ?? notification.CustomerId.ToString();
        var known = await db.Customers.SingleOrDefaultAsync(c => c.CustomerId == notification.CustomerId, cancellationToken);
        if (known is null)
        {
            db.Customers.Add(new CustomerCopy { CustomerId = notification.CustomerId, Label = label });
        }
        else
        {
            known.Label = label;
        }
    }
}
