using MediatR;
using Microsoft.EntityFrameworkCore;
using ModularShop.Customers.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Reactions;

/// <summary>
/// Stores a customer's number. Orders of the customer may have come first. Optimised: one upsert in SQL, because to load the row and save
/// it made a catch-up of 10,000 orders take nearly twice as long (benchmark growth, catch-up).
/// </summary>
internal sealed class LearnCustomer(PurchaseHistoryDb db) : INotificationHandler<CustomerRegistered>
{
    public Task Handle(CustomerRegistered notification, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO customers (customer_id, label, is_erased)
            VALUES ({notification.CustomerId}, {notification.Number ?? notification.CustomerId.ToString()}, 0)
            ON CONFLICT (customer_id) DO UPDATE SET label = excluded.label
            """,
            cancellationToken
        );
}
