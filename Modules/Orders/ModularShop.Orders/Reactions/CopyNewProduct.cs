using MediatR;
using ModularShop.Catalog.Contracts;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Reactions;

/// <summary>Adds a new product to the read copy. It can be ordered from now on.</summary>
internal sealed class CopyNewProduct(OrdersDb db) : INotificationHandler<ProductAdded>
{
    public Task Handle(ProductAdded notification, CancellationToken cancellationToken)
    {
        db.Products.Add(
            new ProductCopy
            {
                ProductId = notification.ProductId,
                Price = notification.Price,
                Currency = notification.Currency,
            }
        );
        return Task.CompletedTask;
    }
}
