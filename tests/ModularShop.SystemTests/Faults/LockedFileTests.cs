using System.Net;

namespace ModularShop.SystemTests.Faults;

internal sealed class LockedFileTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task While_another_program_holds_the_file_orders_are_refused_soon_and_then_it_goes_on_by_itself()
    {
        await using var shop = await ShopProcess.Run(directory);
        var product = await shop.Product();
        using (ModuleFile.Lock(directory, "orders"))
        {
            var orders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Http.Order(product)))
                .WaitAsync(TimeSpan.FromSeconds(15));

            Assert.That(orders.Select(order => order.Status), Is.All.EqualTo(HttpStatusCode.ServiceUnavailable));
            Faulty.AssertRefused(orders[0], "Another program has locked the file");
            await shop.AssertNamed("orders", "Another program has locked the file", "End that program");
            await shop.AssertAnswers("/orders/v1/orders", "/catalog/v1/products", "/purchase-history/v1/purchases");
        }

        await shop.IsHealthy();
        (await shop.Http.Order(product)).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_module_whose_file_is_locked_starts_by_itself_later_and_orders_are_taken_meanwhile()
    {
        Guid product;
        await using (var before = await ShopCommand.Host(directory))
        {
            (product, _) = await before.Http.SellOne();
        }
        await using var shop = await LockedAtStart(product);

        await shop.IsHealthy();
        await shop.AssertAnswers("/catalog/v1/products");
        (await shop.Http.AddProduct("B")).Expect(HttpStatusCode.Created);
    }

    private async Task<ShopProcess> LockedAtStart(Guid product)
    {
        using var other = ModuleFile.Lock(directory, "catalog");
        var shop = await ShopProcess.Run(directory);
        Faulty.AssertRefused(await shop.Http.AddProduct("B"), "Another program has locked the file");
        (await shop.Http.Order(product)).Expect(HttpStatusCode.Created);
        return shop;
    }
}
