using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>Keeps a product's stock code and name. Orders may have come first.</summary>
internal sealed class LearnProduct(PurchaseHistoryDb db) : INotificationHandler<ProductAdded>
{
    public async Task Handle(ProductAdded notification, CancellationToken cancellationToken)
    {
        var known = await db.Products.SingleOrDefaultAsync(p => p.ProductId == notification.ProductId, cancellationToken);
        if (known is null)
        {
            db.Products.Add(
                new ProductCopy
                {
                    ProductId = notification.ProductId,
                    Sku = notification.Sku,
                    Name = notification.Name,
                }
            );
        }
        else
        {
            known.Sku = notification.Sku;
            known.Name = notification.Name;
        }
    }
}
