using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Orders.Data;

internal static class ErasedCustomers
{
    /// <summary>Whether a customer was erased. Such a customer can place no more orders.</summary>
    public static bool IsErased(this OrdersDb db, Guid customer) =>
        db.Scalar("SELECT 1 FROM erased_customers WHERE customer_id = $customer", ("$customer", customer)) is not null;

    /// <summary>Those of these customers who were erased. Their imported orders become guest orders.</summary>
    public static async Task<HashSet<Guid?>> ErasedAmong(this OrdersDb db, IEnumerable<Guid?> customers, CancellationToken ct)
    {
        var ids = customers.OfType<Guid>().Distinct().ToList();
        return [.. await db.ErasedCustomers.Where(c => ids.Contains(c.CustomerId)).Select(c => (Guid?)c.CustomerId).ToListAsync(ct)];
    }
}
