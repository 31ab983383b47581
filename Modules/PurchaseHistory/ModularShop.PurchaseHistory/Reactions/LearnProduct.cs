using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.Kernel.Persistence;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Keeps a product's stock code and name. Orders may have come first.</summary>
internal sealed class LearnProduct(PurchaseHistoryDb db) : INotificationHandler<ProductAdded>
{
    public async Task Handle(ProductAdded notification, CancellationToken cancellationToken)
    {
        if (db.FindProduct(notification.ProductId) is null)
        {
            // Optimised: not tracked, as a catch-up begins with all customers and products (benchmark growth, catch-up).
            db.Insert(
                new ProductCopy
                {
                    ProductId = notification.ProductId,
                    Sku = notification.Sku,
                    Name = notification.Name,
                }
            );
            return;
        }
        var product = await db.Products.SingleAsync(p => p.ProductId == notification.ProductId, cancellationToken);
        product.Sku = notification.Sku;
        product.Name = notification.Name;
    }
}
