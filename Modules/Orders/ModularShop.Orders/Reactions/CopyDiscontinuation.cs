using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Reactions;

/// <summary>Marks a product as discontinued in the read copy. It can no longer be ordered.</summary>
internal sealed class CopyDiscontinuation(OrdersDb db) : INotificationHandler<ProductDiscontinued>
{
    public async Task Handle(ProductDiscontinued notification, CancellationToken cancellationToken)
    {
        var product = await db.Products.SingleAsync(p => p.ProductId == notification.ProductId, cancellationToken);
        product.IsDiscontinued = true;
    }
}
