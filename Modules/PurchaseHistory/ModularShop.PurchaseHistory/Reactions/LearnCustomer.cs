using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel.Persistence;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Keeps the number that a customer is known by. Orders may have come first.</summary>
internal sealed class LearnCustomer(PurchaseHistoryDb db) : INotificationHandler<CustomerRegistered>
{
    public async Task Handle(CustomerRegistered notification, CancellationToken cancellationToken)
    {
        var label = notification.Number ?? notification.CustomerId.ToString();
        if (db.FindCustomer(notification.CustomerId) is null)
        {
            // Optimised: not tracked, as a catch-up begins with all customers and products (benchmark growth, catch-up).
            db.Insert(new CustomerCopy { CustomerId = notification.CustomerId, Label = label });
            return;
        }
        var customer = await db.Customers.SingleAsync(c => c.CustomerId == notification.CustomerId, cancellationToken);
        customer.Label = label;
    }
}
