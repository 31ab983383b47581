using MediatR;
using ModularShop.Customers.Contracts;
using ModularShop.Kernel.Requests;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

internal sealed class ForgetCustomer(PurchaseBook book, IErasure erasure) : INotificationHandler<CustomerErased>
{
    public Task Handle(CustomerErased notification, CancellationToken cancellationToken)
    {
        book.Forget(notification.CustomerId);
        erasure.Forget(notification.CustomerId);
        return Task.CompletedTask;
    }
}
