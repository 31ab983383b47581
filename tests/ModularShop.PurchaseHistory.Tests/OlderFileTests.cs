using Microsoft.EntityFrameworkCore;
using ModularShop.Orders.Contracts;
using ModularShop.PurchaseHistory.Data;

namespace ModularShop.PurchaseHistory.Tests;

/// <summary>Files whose tables an older build created.</summary>
internal sealed class OlderFileTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Its_data_is_kept_and_an_old_order_can_still_be_cancelled()
    {
        var (customer, product) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var (kept, cancelled) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        // A file with the kernel's tables, but none of the module's.
        await using (await TestApplication.Start([new StandInModule("purchase-history")], directory)) { }
        await using (var db = new PurchaseHistoryDb(new DbContextOptionsBuilder<PurchaseHistoryDb>().UseSqlite(Connection()).Options))
        {
            await db.Database.MigrateAsync("20261122202020_Initial");
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO customers VALUES ({customer}, '17850', 0);
                INSERT INTO products VALUES ({product}, '71053', 'LANTERN');
                INSERT INTO purchases VALUES ({kept}, {product}, {customer}, 'GBP', 2, 20000, 1000), ({cancelled}, {product}, {customer}, 'GBP', 3, 30000, 2000);
                INSERT INTO customer_products VALUES ({customer}, {product}, 'GBP', 2, 5, 50000, 0, 0, 2000);
                INSERT INTO product_totals VALUES ({product}, 'GBP', 2, 5, 50000, 0, 0);
                """
            );
        }
        var orders = new StandInModule("orders");
        await using var app = await TestApplication.Start([new PurchaseHistoryModule(), orders], directory);

        await orders.Publish(new OrderCancelled(cancelled, "changed my mind"));
        await app.CaughtUp();

        var history = await app.Http.Json($"/purchase-history/v1/customers/{customer}/products");
        var item = history.GetProperty("items").EnumerateArray().Single();
        Assert.That(item.GetProperty("quantityBought").GetInt64(), Is.EqualTo(2));
        Assert.That(item.GetProperty("lastBought").GetDateTimeOffset(), Is.EqualTo(DateTimeOffset.FromUnixTimeMilliseconds(1000)));
    }

    private string Connection() => $"Data Source={Path.Combine(directory, "purchase-history.db")};Pooling=False";
}
