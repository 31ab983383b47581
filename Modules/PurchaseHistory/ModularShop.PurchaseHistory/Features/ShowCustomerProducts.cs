using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Features;

/// <summary>
/// The products that a customer bought, the latest first: number of orders, quantity, amount, returns, and the time of the last
/// purchase.
/// </summary>
internal static class ShowCustomerProducts
{
    internal sealed record Query(Guid CustomerId, int? Limit, string? After) : IQuery<Page<View>>;

    internal sealed record View(
        Guid ProductId,
        string Sku,
        string? Name,
        string Currency,
        long Orders,
        long QuantityBought,
        decimal AmountBought,
        long QuantityReturned,
        decimal AmountReturned,
        DateTimeOffset? LastBought
    );

    private sealed record Position(DateTimeOffset LastBought, Guid ProductId, string Currency);

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, Page<View>>
    {
        // Stands for "not bought at all", and sorts last.
        private static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;

        public async Task<Page<View>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Position>(query.After) ?? new Position(DateTimeOffset.MaxValue, Guid.Empty, "");
            var customer = await db.Customers.SequenceOf(query.CustomerId, ct);
            var rows =
                from row in db.CustomerProducts
                join product in db.Products on row.ProductSequence equals product.Sequence
                where row.CustomerSequence == customer
                let last = row.LastBought ?? Never
                where
                    last < after.LastBought
                    || (
                        last == after.LastBought
                        && (
                            product.ProductId > after.ProductId
                            || (product.ProductId == after.ProductId && row.Currency.CompareTo(after.Currency) > 0)
                        )
                    )
                orderby last descending, product.ProductId, row.Currency
                select new View(
                    product.ProductId,
                    product.Sku,
                    product.Name,
                    row.Currency,
                    row.Orders,
                    row.QuantityBought,
                    row.AmountBought,
                    row.QuantityReturned,
                    row.AmountReturned,
                    row.LastBought
                );
            return Cursor.Page(
                await rows.Take(limit + 1).ToListAsync(ct),
                limit,
                row => new Position(row.LastBought ?? Never, row.ProductId, row.Currency)
            );
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/customers/{customerId:guid}/products",
                (Guid customerId, int? limit, string? after, ISender sender, CancellationToken ct) =>
                    sender.Send(new Query(customerId, limit, after), ct)
            )
            .WithSummary("What has this customer bought?");
}
