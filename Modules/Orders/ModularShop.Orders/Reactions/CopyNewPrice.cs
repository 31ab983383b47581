using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.Orders.Data;

namespace ModularShop.Orders.Reactions;

/// <summary>Changes the price in the read copy. It applies to orders placed from now on.</summary>
internal sealed class CopyNewPrice(OrdersDb db) : INotificationHandler<PriceChanged>
{
    public async Task Handle(PriceChanged notification, CancellationToken cancellationToken)
    {
        var product = await db.Products.SingleAsync(p => p.ProductId == notification.ProductId, cancellationToken);
        product.Price = notification.Price;
        product.Currency = notification.Currency;
    }
}
