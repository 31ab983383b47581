using MediatR;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Records a return. Returned goods are counted separately and not subtracted from purchases.</summary>
internal sealed class RecordReturn(PurchaseBook book) : INotificationHandler<OrderReturned>
{
    public Task Handle(OrderReturned notification, CancellationToken cancellationToken)
    {
        book.AddReturn(notification.CustomerId, notification.ReturnedAt, notification.Currency, notification.Lines);
        return Task.CompletedTask;
    }
}
