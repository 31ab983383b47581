using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders;
using ModularShop.Kernel.Http;

namespace ModularShop.Benchmarks.Questions;

/// <summary>
/// Answers what the shop's purchase history answers, by asking: customer and orders at the same time, then the names of the
/// products of the page in one call.
/// </summary>
internal static class HistoryAggregator
{
    /// <summary>The path of the question, the same as the shop's.</summary>
    public static string Path(Guid customer) => $"/purchase-history/v1/customers/{customer}/products";

    public static async Task Run(string[] arguments)
    {
        var builder = SlimServer.Builder();
        builder.Services.AddHttpClient(nameof(OrdersService), http => http.BaseAddress = new Uri(arguments[0]));
        builder.Services.AddHttpClient(nameof(ProductsService), http => http.BaseAddress = new Uri(arguments[1]));
        builder.Services.AddHttpClient(nameof(CustomersService), http => http.BaseAddress = new Uri(arguments[2]));
        await using var app = builder.Build();
        app.MapGet("/purchase-history/v1/customers/{customerId:guid}/products", Answer);
        await SlimServer.Serve(app);
    }

    private static async Task<IResult> Answer(Guid customerId, IHttpClientFactory services, CancellationToken ct)
    {
        try
        {
            var ordersOf = services
                .CreateClient(nameof(OrdersService))
                .GetFromJsonAsync<List<CustomerOrder>>($"/customers/{customerId}/orders", ct);
            var customerOf = services.CreateClient(nameof(CustomersService)).GetAsync($"/customers/{customerId}", ct);
            await Task.WhenAll(ordersOf, customerOf);
            var orders = (await ordersOf)!;
            using var customer = await customerOf;
            if (customer.StatusCode == HttpStatusCode.NotFound)
            {
                return Results.NotFound();
            }
            customer.EnsureSuccessStatusCode();
            var page = Sums(orders).Take(Cursor.DefaultLimit).ToList();
            return Results.Ok(new Page<BoughtProduct>(await Named(page, services, ct), Next: null));
        }
        catch (HttpRequestException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IEnumerable<BoughtProduct> Sums(List<CustomerOrder> orders) =>
        orders
            .SelectMany(order =>
                order
                    .Lines.GroupBy(line => line.ProductId)
                    .Select(lines => (order.Currency, order.PlacedAt, Product: lines.Key, Lines: lines))
            )
            .GroupBy(bought => (bought.Product, bought.Currency))
            .Select(bought => new BoughtProduct(
                bought.Key.Product,
                Sku: "",
                Name: null,
                bought.Key.Currency,
                bought.Count(),
                bought.Sum(of => of.Lines.Sum(line => (long)line.Quantity)),
                bought.Sum(of => of.Lines.Sum(line => line.Quantity * line.UnitPrice)),
                bought.Sum(of => of.Lines.Sum(line => (long)line.Returned)),
                bought.Sum(of => of.Lines.Sum(line => line.Returned * line.UnitPrice)),
                bought.Max(of => of.PlacedAt)
            ))
            .OrderByDescending(product => product.LastBought)
            .ThenBy(product => product.ProductId.ToString(), StringComparer.Ordinal);

    private static async Task<List<BoughtProduct>> Named(List<BoughtProduct> page, IHttpClientFactory services, CancellationToken ct)
    {
        using var answer = await services
            .CreateClient(nameof(ProductsService))
            .PostAsJsonAsync("/product-names", page.Select(product => product.ProductId).Distinct(), ct);
        answer.EnsureSuccessStatusCode();
        var names = (await answer.Content.ReadFromJsonAsync<List<ProductName>>(ct))!.ToDictionary(product => product.Id);
        return [.. page.Select(product => product with { Sku = names[product.ProductId].Sku, Name = names[product.ProductId].Name })];
    }
}
