using MediatR;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>A cancelled order was never bought.</summary>
internal sealed class RemoveCancelledOrder(PurchaseBook book) : INotificationHandler<OrderCancelled>
{
    public Task Handle(OrderCancelled notification, CancellationToken cancellationToken)
    {
        book.Remove(notification.OrderId);
        return Task.CompletedTask;
    }
}
