using MediatR;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Records an order. Its products count as bought from the moment it was placed.</summary>
internal sealed class RecordOrder(PurchaseBook book) : INotificationHandler<OrderPlaced>
{
    public Task Handle(OrderPlaced notification, CancellationToken cancellationToken)
    {
        book.AddOrder(notification.OrderId, notification.CustomerId, notification.PlacedAt, notification.Currency, notification.Lines);
        return Task.CompletedTask;
    }
}
