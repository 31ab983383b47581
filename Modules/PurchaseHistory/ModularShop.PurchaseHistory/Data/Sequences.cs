using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel;
using ModularShop.Kernel.Persistence;

namespace ModularShop.PurchaseHistory.Data;

/// <summary>Finds the row numbers (<c>Sequence</c>) by which other tables refer to customers and products.</summary>
internal static class Sequences
{
    /// <summary>The customer with an id; null when there is no row yet.</summary>
    public static (long Sequence, bool IsErased)? FindCustomer(this PurchaseHistoryDb db, Guid customerId) =>
        // Optimised: prepared SQL, because this runs for each order, and the one for products for each line (benchmark growth, catch-up).
        // The sign of the number says whether the customer is erased, so that one statement returns both.
        db.Scalar("SELECT iif(is_erased, -sequence, sequence) FROM customers WHERE customer_id = $id", ("$id", customerId))
            is long sequence
            ? (Math.Abs(sequence), sequence < 0)
            : null;

    /// <summary>The product with an id; null when there is no row yet.</summary>
    public static long? FindProduct(this PurchaseHistoryDb db, Guid productId) =>
        (long?)db.Scalar("SELECT sequence FROM products WHERE product_id = $id", ("$id", productId));

    /// <exception cref="NotFoundException">There is no such customer, or they were erased.</exception>
    public static async Task<long> SequenceOf(this IQueryable<CustomerCopy> customers, Guid customerId, CancellationToken ct) =>
        await customers.Where(c => c.CustomerId == customerId && !c.IsErased).Select(c => (long?)c.Sequence).SingleOrDefaultAsync(ct)
        ?? throw new NotFoundException("customer", customerId);

    /// <exception cref="NotFoundException">There is no such product.</exception>
    public static async Task<long> SequenceOf(this IQueryable<ProductCopy> products, Guid productId, CancellationToken ct) =>
        await products.Where(p => p.ProductId == productId).Select(p => (long?)p.Sequence).SingleOrDefaultAsync(ct)
        ?? throw new NotFoundException("product", productId);
}
