using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;

namespace ModularShop.Benchmarks.Orders.EfCore;

/// <summary>The page of the history that is asked whether an order is visible.</summary>
internal static class CustomerProducts
{
    public const string Path = "/purchase-history/v1/customers/{customerId:guid}/products";

    public static async Task<IResult> Show(Guid customerId, HistoryDb db, CancellationToken ct)
    {
        if (!await db.Customers.AnyAsync(c => c.CustomerId == customerId && !c.IsErased, ct))
        {
            return Results.NotFound();
        }
        var rows = await db
            .CustomerProducts.AsNoTracking()
            .Where(row => row.Customer.CustomerId == customerId)
            .OrderByDescending(row => row.LastBought)
            .Take(Cursor.DefaultLimit)
            .Select(row => new BoughtProduct(
                row.Product.ProductId,
                row.Product.Sku,
                row.Product.Name,
                row.Currency,
                row.Orders,
                row.QuantityBought,
                row.AmountBought,
                row.QuantityReturned,
                row.AmountReturned,
                row.LastBought
            ))
            .ToListAsync(ct);
        return Results.Ok(new Page<BoughtProduct>(rows, Next: null));
    }
}
