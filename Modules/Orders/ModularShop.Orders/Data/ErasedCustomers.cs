using Microsoft.EntityFrameworkCore;

namespace ModularShop.Orders.Data;

internal static class ErasedCustomers
{
    /// <summary>Which of these customers asked to be forgotten: what comes in of the past is a guest's then.</summary>
    public static async Task<HashSet<Guid?>> ErasedAmong(this OrdersDb db, IEnumerable<Guid?> customers, CancellationToken ct)
    {
        var ids = customers.OfType<Guid>().Distinct().ToList();
        return [.. await db.ErasedCustomers.Where(c => ids.Contains(c.CustomerId)).Select(c => (Guid?)c.CustomerId).ToListAsync(ct)];
    }
}
