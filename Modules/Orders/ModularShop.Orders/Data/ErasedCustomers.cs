using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Orders.Data;

internal static class ErasedCustomers
{
    /// <summary>Whether a customer asked to be forgotten, and nothing is taken from them any more.</summary>
    public static bool IsErased(this OrdersDb db, Guid customer) =>
        db.Scalar("SELECT 1 FROM erased_customers WHERE customer_id = $customer", ("$customer", customer)) is not null;

    /// <summary>Which of these customers asked to be forgotten: what comes in of the past is a guest's then.</summary>
    public static async Task<HashSet<Guid?>> ErasedAmong(this OrdersDb db, IEnumerable<Guid?> customers, CancellationToken ct)
    {
        var ids = customers.OfType<Guid>().Distinct().ToList();
        return [.. await db.ErasedCustomers.Where(c => ids.Contains(c.CustomerId)).Select(c => (Guid?)c.CustomerId).ToListAsync(ct)];
    }
}
