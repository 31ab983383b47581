using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>What this file's rows name customers and products by.</summary>
internal static class Sequences
{
    /// <exception cref="NotFoundException">There is no such customer, or they were erased.</exception>
    public static async Task<long> SequenceOf(this IQueryable<CustomerCopy> customers, Guid customerId, CancellationToken ct) =>
        await customers.Where(c => c.CustomerId == customerId && !c.IsErased).Select(c => (long?)c.Sequence).SingleOrDefaultAsync(ct)
        ?? throw new NotFoundException("customer", customerId);

    /// <exception cref="NotFoundException">There is no such product.</exception>
    public static async Task<long> SequenceOf(this IQueryable<ProductCopy> products, Guid productId, CancellationToken ct) =>
        await products.Where(p => p.ProductId == productId).Select(p => (long?)p.Sequence).SingleOrDefaultAsync(ct)
        ?? throw new NotFoundException("product", productId);
}
