using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>
/// Stores a product's stock code and name. Orders of the product may have come first. Optimised: one upsert in SQL, because to load the
/// row and save it made a catch-up of 10,000 orders take nearly twice as long (benchmark growth, catch-up).
/// </summary>
internal sealed class LearnProduct(PurchaseHistoryDb db) : INotificationHandler<ProductAdded>
{
    public Task Handle(ProductAdded notification, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO products (product_id, sku, name)
            VALUES ({notification.ProductId}, {notification.Sku}, {notification.Name})
            ON CONFLICT (product_id) DO UPDATE SET sku = excluded.sku, name = excluded.name
            """,
            cancellationToken
        );
}
