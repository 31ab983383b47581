using System.Net;
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
            (productId, _) = await shop.Http.SellOne();
            await shop.Terminate();
        }
        await using (var file = File.OpenWrite(Path.Combine(directory, "catalog.db")))
        {
            file.Write(new byte[4096]);
        }

        await using (var shop = await ShopProcess.Run(directory))
        {
            var browsing = await shop.Http.Get("/catalog/v1/products");
            var ordering = await shop.Http.Order(productId);
            var ready = (await shop.Http.Get("/health/ready")).Text;

            browsing.Expect(HttpStatusCode.ServiceUnavailable);
            Assert.That(browsing.ContentType, Is.EqualTo("application/problem+json"));
            Assert.That(browsing.Text, Does.Contain("not a database"));
            ordering.Expect(HttpStatusCode.Created);
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
            var url = shop.Http.Address.ToString();
            await MonthOfSales.ImportAll("--url", url);

            var letters = await shop.Http.DeadLetters("purchase-history");
            var rows = await MonthOfSales.Export("--url", url);

            Assert.That(letters, Is.Not.Empty);
            Assert.That(
                letters.Select(letter => letter.GetProperty("event").GetProperty("data").GetProperty("customerId").GetGuid()),
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

    private static async Task<Guid> CustomerId(TestClient http, string number)
    {
        var answer = await http.Post("/customers/v1/customer-imports", new { customers = new[] { new { number } } });
        return answer.Body.GetProperty("customers")[0].GetProperty("customerId").GetGuid();
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
