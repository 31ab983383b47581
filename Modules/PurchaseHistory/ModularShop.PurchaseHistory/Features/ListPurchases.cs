using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Persistence;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Features;

/// <summary>
/// Every customer's products, sorted by customer and stock code: the whole purchase history, page by page. Neither need be
/// unique, as events come in any order; the ids and the currency make a place so.
/// </summary>
internal static class ListPurchases
{
    internal sealed record Query(int? Limit, string? After) : IQuery<Page<View>>;

    internal sealed record View(
        string Customer,
        string Sku,
        string Currency,
        long Orders,
        long QuantityBought,
        decimal AmountBought,
        long QuantityReturned,
        decimal AmountReturned,
        DateTimeOffset? LastBought
    );

    private sealed record Place(string Customer, Guid CustomerId, string Sku, Guid ProductId, string Currency);

    internal sealed class Handler(PurchaseHistoryDb db) : IRequestHandler<Query, Page<View>>
    {
        public async Task<Page<View>> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Place>(query.After) ?? new Place("", Guid.Empty, "", Guid.Empty, "");
            var rows =
                from customer in db.Customers
                join row in db.CustomerProducts on customer.Sequence equals row.CustomerSequence
                join product in db.Products on row.ProductSequence equals product.Sequence
                where customer.Label.CompareTo(after.Customer) >= 0
                where
                    customer.Label != after.Customer
                    || customer.CustomerId > after.CustomerId
                    || (
                        customer.CustomerId == after.CustomerId
                        && (
                            product.Sku.CompareTo(after.Sku) > 0
                            || (
                                product.Sku == after.Sku
                                && (
                                    product.ProductId > after.ProductId
                                    || (product.ProductId == after.ProductId && row.Currency.CompareTo(after.Currency) > 0)
                                )
                            )
                        )
                    )
                orderby customer.Label, customer.CustomerId, product.Sku, product.ProductId, row.Currency
                select new
                {
                    customer.CustomerId,
                    product.ProductId,
                    View = new View(
                        customer.Label,
                        product.Sku,
                        row.Currency,
                        row.Orders,
                        row.QuantityBought,
                        row.AmountBought,
                        row.QuantityReturned,
                        row.AmountReturned,
                        row.LastBought
                    ),
                };
            var page = Cursor.Page(
                await rows.Take(limit + 1).ToListAsync(ct),
                limit,
                row => new Place(row.View.Customer, row.CustomerId, row.View.Sku, row.ProductId, row.View.Currency)
            );
            return new Page<View>([.. page.Items.Select(row => row.View)], page.Next);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/purchases",
                (int? limit, string? after, ISender sender, CancellationToken ct) => sender.Send(new Query(limit, after), ct)
            )
            .WithSummary("List all customers' purchases");
}
