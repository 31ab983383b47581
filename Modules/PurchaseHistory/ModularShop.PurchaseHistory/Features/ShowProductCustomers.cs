using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Features;

/// <summary>Who bought a product, those who bought most of it first.</summary>
internal static class ShowProductCustomers
{
    internal sealed record Query(Guid ProductId, int? Limit, string? After) : IQuery<Page<View>>;

    internal sealed record View(
        Guid CustomerId,
        string Customer,
        string Currency,
        long Orders,
        long QuantityBought,
        decimal AmountBought,
        long QuantityReturned
    );

    private sealed record Position(long Quantity, long Customer, string Currency);

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, Page<View>>
    {
        public async Task<Page<View>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Position>(query.After) ?? new Position(long.MaxValue, 0, "");
            var product = await db.Products.SequenceOf(query.ProductId, ct);
            // Ordered as the index is, backwards, so SQLite needs no sort, neither for equal quantities nor for a late page.
            var rows =
                from row in db.CustomerProducts
                join customer in db.Customers on row.CustomerSequence equals customer.Sequence
                where row.ProductSequence == product && row.QuantityBought > 0 && row.QuantityBought <= after.Quantity
                where
                    row.QuantityBought < after.Quantity
                    || row.CustomerSequence < after.Customer
                    || (row.CustomerSequence == after.Customer && row.Currency.CompareTo(after.Currency) < 0)
                orderby row.QuantityBought descending, row.CustomerSequence descending, row.Currency descending
                select new
                {
                    row.CustomerSequence,
                    View = new View(
                        customer.CustomerId,
                        customer.Label,
                        row.Currency,
                        row.Orders,
                        row.QuantityBought,
                        row.AmountBought,
                        row.QuantityReturned
                    ),
                };
            var page = Cursor.Page(
                await rows.Take(limit + 1).ToListAsync(ct),
                limit,
                row => new Position(row.View.QuantityBought, row.CustomerSequence, row.View.Currency)
            );
            return new Page<View>([.. page.Items.Select(row => row.View)], page.Next);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/products/{productId:guid}/customers",
                (Guid productId, int? limit, string? after, ISender sender, CancellationToken ct) =>
                    sender.Send(new Query(productId, limit, after), ct)
            )
            .WithSummary("Who bought this product most?");
}
