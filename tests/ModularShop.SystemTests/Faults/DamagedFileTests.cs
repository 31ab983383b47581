using System.Net;

namespace ModularShop.SystemTests.Faults;

internal sealed class DamagedFileTests
{
    private const int Page = 4096;

    private readonly string directory = TestApplication.NewDirectory();
    private Guid product;
    private Guid order;

    private string File => ModuleFile.Of(directory, "orders");

    private string Backup => File + ".backup";

    [SetUp]
    public async Task TakeAnOrder()
    {
        await using (var shop = await ShopCommand.Host(directory))
        {
            (product, order) = await shop.Http.SellOne();
        }
        System.IO.File.Copy(File, Backup);
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_file_that_was_cut_off_is_refused_until_a_whole_one_is_put_back([Values(0, 2)] int pages)
    {
        using (var file = System.IO.File.OpenWrite(File))
        {
            file.SetLength(pages * Page);
        }
        await using var shop = await ShopProcess.Run(directory);

        Faulty.AssertRefused(await shop.Http.Order(product), "The file is damaged");
        await shop.AssertNamed("orders", "The file is damaged", "Put a backup of it in its place");
        await shop.AssertAnswers("/catalog/v1/products", "/purchase-history/v1/purchases");

        await AssertRevives(shop);
    }

    [Test]
    public async Task Garbage_that_is_met_while_the_shop_runs_stops_the_module_until_a_whole_file_is_put_back()
    {
        await using var shop = await ShopProcess.Run(directory);
        using (var file = System.IO.File.OpenWrite(File))
        {
            file.Position = Page;
            file.Write(Enumerable.Repeat((byte)'x', (int)file.Length - Page).ToArray());
        }

        Faulty.AssertRefused(await shop.Http.Get($"/orders/v1/orders/{order}"), "The file is damaged");
        await shop.AssertNamed("orders", "The file is damaged", "Put a backup of it in its place");
        Faulty.AssertRefused(await shop.Http.Order(product), "The file is damaged");
        await shop.AssertAnswers("/catalog/v1/products", "/purchase-history/v1/purchases");

        await AssertRevives(shop);
    }

    private async Task AssertRevives(ShopProcess shop)
    {
        System.IO.File.Move(Backup, File, overwrite: true);
        await shop.Restart("orders");
        await shop.IsHealthy();
        await shop.AssertAnswers($"/orders/v1/orders/{order}");
        (await shop.Http.Order(product)).Expect(HttpStatusCode.Created);
    }
}
