using MediatR;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Records an imported return like any other.</summary>
internal sealed class RecordImportedReturn(PurchaseBook book) : INotificationHandler<ReturnImported>
{
    public Task Handle(ReturnImported notification, CancellationToken cancellationToken)
    {
        book.AddReturn(notification.CustomerId, notification.ReturnedAt, notification.Currency, notification.Lines);
        return Task.CompletedTask;
    }
}
