using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Http;
using ModularShop.PurchaseHistorySync.Calls;

namespace ModularShop.PurchaseHistorySync.Features;

/// <summary>
/// The products that a customer bought, the latest first, as PurchaseHistory answers it. The sums need all orders of the customer, and
/// each product of the page is asked for on its own: Catalog has no route for several. What could not be read is named in the answer.
/// </summary>
internal static class ShowCustomerProducts
{
    // No IQuery: a read transaction of the module's file must not stay open during requests.
    internal sealed record Query(Guid CustomerId, int? Limit, string? After, Uri Own) : IRequest<Answer>;

    /// <param name="Missing">What could not be read; empty when the answer is complete.</param>
    internal sealed record Answer(IReadOnlyList<View> Items, string? Next, IReadOnlyList<MissingPart> Missing);

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

    internal sealed class Handler(PurchaseReader reader) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Position>(query.After) ?? new Position(DateTimeOffset.MaxValue, Guid.Empty, "");
            using var reading = reader.Begin(query.Own, ct);
            var bought = await reading.BoughtBy(query.CustomerId);
            var rows = bought
                .Where(row => IsAfter(row, after))
                .OrderByDescending(row => row.LastBought)
                .ThenBy(row => row.ProductId)
                .ThenBy(row => row.Currency, StringComparer.Ordinal)
                .Take(limit + 1)
                .ToList();
            var page = Cursor.Page(rows, limit, row => new Position(row.LastBought, row.ProductId, row.Currency));
            var products = await reading.Products([.. page.Items.Select(row => row.ProductId).Distinct()]);
            return new Answer(
                [.. page.Items.Select(row => ViewOf(row, products.GetValueOrDefault(row.ProductId)))],
                page.Next,
                reading.Missing
            );
        }

        private static bool IsAfter(ProductSum row, Position after) =>
            row.LastBought < after.LastBought
            || row.LastBought == after.LastBought && (row.ProductId, row.Currency).CompareTo((after.ProductId, after.Currency)) > 0;

        // A product that is not known has its id as stock code, as in PurchaseHistory.
        private static View ViewOf(ProductSum row, ProductAnswer? product) =>
            new(
                row.ProductId,
                product?.Sku ?? row.ProductId.ToString(),
                product?.Name,
                row.Currency,
                row.Orders,
                row.QuantityBought,
                row.AmountBought,
                row.QuantityReturned,
                row.AmountReturned,
                row.LastBought
            );
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/customers/{customerId:guid}/products",
                async (Guid customerId, int? limit, string? after, ISender sender, HttpContext http, CancellationToken ct) =>
                {
                    try
                    {
                        return Results.Ok(await sender.Send(new Query(customerId, limit, after, OwnAddress(http)), ct));
                    }
                    catch (NoAnswerException e)
                    {
                        http.Response.Headers.RetryAfter = "1";
                        return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
                    }
                }
            )
            .WithSummary("What has this customer bought?")
            .Produces<Answer>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    // From the connection and not from the Host header, which a client can choose.
    private static Uri OwnAddress(HttpContext http) =>
        new UriBuilder(
            http.Features.Get<ITlsConnectionFeature>() is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps,
            http.Connection.LocalIpAddress?.ToString() ?? "localhost",
            http.Connection.LocalPort
        ).Uri;
}
