using MediatR;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Records an imported order like any other.</summary>
internal sealed class RecordImportedOrder(PurchaseBook book) : INotificationHandler<OrderImported>
{
    public Task Handle(OrderImported notification, CancellationToken cancellationToken)
    {
        book.AddOrder(notification.OrderId, notification.CustomerId, notification.PlacedAt, notification.Currency, notification.Lines);
        return Task.CompletedTask;
    }
}
