using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel.Requests;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Reactions;

/// <summary>Removes an erased customer from their orders and returns, which stay for the accounts.</summary>
internal sealed class ForgetCustomer(OrdersDb db, IErasure erasure) : INotificationHandler<CustomerErased>
{
    public async Task Handle(CustomerErased notification, CancellationToken cancellationToken)
    {
        var customer = notification.CustomerId;
        erasure.Forget(customer);
        db.ErasedCustomers.Add(new ErasedCustomer { CustomerId = customer });
        await db
            .Orders.Where(o => o.CustomerId == customer)
            .ExecuteUpdateAsync(
                o =>
                    o.SetProperty(x => x.CustomerId, (Guid?)null)
                        .SetProperty(x => x.ForgotCustomer, true)
                        .SetProperty(x => x.Version, x => x.Version + 1),
                cancellationToken
            );
        await db
            .Returns.Where(r => r.CustomerId == customer)
            .ExecuteUpdateAsync(
                r => r.SetProperty(x => x.CustomerId, (Guid?)null).SetProperty(x => x.ForgotCustomer, true),
                cancellationToken
            );
    }
}
