using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

internal sealed class RenameProduct(PurchaseHistoryDb db) : INotificationHandler<ProductChanged>
{
    public async Task Handle(ProductChanged notification, CancellationToken cancellationToken)
    {
        var product = await db.Products.SingleAsync(p => p.ProductId == notification.ProductId, cancellationToken);
        product.Name = notification.Name;
    }
}
