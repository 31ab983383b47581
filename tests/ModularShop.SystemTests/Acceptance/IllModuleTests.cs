using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Host;
using ModularShop.Import.Tests;
using ModularShop.Kernel.Modules;
using ModularShop.Orders.Contracts;

namespace ModularShop.SystemTests.Acceptance;

internal sealed class IllModuleTests
{
    [Test]
    public async Task With_the_catalog_file_corrupted_the_catalog_says_why_and_orders_are_still_taken()
    {
        var directory = TestApplication.NewDirectory();
        Guid productId;
        await using (var shop = await ShopProcess.Run(directory))
        {
            var product = await shop.Http.PostAsJsonAsync(
                "/catalog/v1/products",
                new
                {
                    sku = "A",
                    name = "Lantern",
                    price = 2.5m,
                    currency = "EUR",
                }
            );
            productId = (await product.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
            await Eventually.Get(() => Order(shop.Http, productId), answer => answer.StatusCode == HttpStatusCode.Created);
            await shop.Terminate();
        }
        await using (var file = File.OpenWrite(Path.Combine(directory, "catalog.db")))
        {
            file.Write(new byte[4096]);
        }

        await using (var shop = await ShopProcess.Run(directory))
        {
            using var browsing = await shop.Http.GetAsync(new Uri("/catalog/v1/products", UriKind.Relative));
            using var ordering = await Order(shop.Http, productId);
            var ready = await (await shop.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))).Content.ReadAsStringAsync();

            Assert.That(browsing.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(browsing.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(await browsing.Content.ReadAsStringAsync(), Does.Contain("not a database"));
            Assert.That(ordering.StatusCode, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(ready, Does.Contain("module catalog").And.Contain("not a database"));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_reaction_failing_for_one_customer_delays_only_their_orders_and_a_retry_corrects_all_rows()
    {
        const string victim = "17850";
        var directory = TestApplication.NewDirectory();
        var failure = new FailFor();
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:FirstRetryDelay"] = "00:00:00.001" };
        await using (var shop = await TestApplication.Start(ShopModules.All, directory, settings, failure.Register))
        {
            failure.CustomerId = await CustomerId(shop.Http, victim);
            var url = shop.Http.BaseAddress!.ToString();
            await MonthOfSales.ImportAll("--url", url);

            var letters = await shop.Http.GetFromJsonAsync<JsonElement>("/admin/v1/modules/purchase-history/dead-letters?limit=500");
            var rows = await MonthOfSales.Export("--url", url);

            Assert.That(letters.GetArrayLength(), Is.Positive);
            Assert.That(
                letters
                    .EnumerateArray()
                    .Select(letter => letter.GetProperty("event").GetProperty("data").GetProperty("customerId").GetGuid()),
                Is.All.EqualTo(failure.CustomerId)
            );
            Assert.That(
                rows.Where(row => row.Customer != victim),
                Is.EqualTo(Month.PurchaseHistory().Where(row => row.Customer != victim))
            );
            Assert.That(rows.Where(row => row.Customer == victim).Sum(row => row.Orders), Is.Zero);
        }

        await using (var mended = await ShopProcess.Run(directory))
        {
            var retry = await ShopProcess.Execute("dead-letters", "retry", "purchase-history", "--all", "--url", mended.Url);
            Assert.That(retry.ExitCode, Is.Zero, retry.Errors);
            await MonthOfSales.AssertHistory("--url", mended.Url);
        }
        Directory.Delete(directory, recursive: true);
    }

    private static Task<HttpResponseMessage> Order(HttpClient http, Guid productId) =>
        http.PostAsJsonAsync("/orders/v1/orders", new { lines = new[] { new { productId, quantity = 1 } } });

    private static async Task<Guid> CustomerId(HttpClient http, string number)
    {
        var answer = await http.PostAsJsonAsync("/customers/v1/customer-imports", new { customers = new[] { new { number } } });
        var imported = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return imported.GetProperty("customers")[0].GetProperty("customerId").GetGuid();
    }

    /// <summary>A faulty build of PurchaseHistory with an additional reaction that throws for one customer.</summary>
    private sealed class FailFor : INotificationHandler<OrderImported>
    {
        public Guid CustomerId { get; set; }

        public void Register(ModuleDescriptor module, IServiceCollection services)
        {
            if (module.Name == "purchase-history")
            {
                services.AddSingleton<INotificationHandler<OrderImported>>(this);
            }
        }

        public Task Handle(OrderImported notification, CancellationToken cancellationToken) =>
            notification.CustomerId == CustomerId
                ? throw new InvalidOperationException("This build cannot handle that customer.")
                : Task.CompletedTask;
    }
}
