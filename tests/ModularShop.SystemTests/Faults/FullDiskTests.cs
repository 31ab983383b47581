using System.Net;

namespace ModularShop.SystemTests.Faults;

internal sealed class FullDiskTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task On_a_full_disk_orders_are_refused_others_run_and_with_room_it_continues_by_itself()
    {
        await using var shop = await ShopProcess.Run(directory);
        var product = await shop.Product();
        await using (var buyers = await Buyers.Begin(shop.Http, product))
        {
            shop.LimitFiles(new FileInfo(ModuleFile.Of(directory, "orders") + "-wal").Length);
            await Eventually.True(() => buyers.Refused.Count >= 10);

            Faulty.AssertRefused(buyers.Refused.First(), "The disk refused");
            await shop.AssertNamed("orders", "The disk refused", "Look at the disk");
            Assert.That(shop.Errors, Does.Contain("A transaction of"));
            await shop.AssertAnswers("/catalog/v1/products", "/purchase-history/v1/purchases", "/orders/v1/orders");
            (await shop.Http.AddProduct("B")).Expect(HttpStatusCode.Created); // the catalog writes

            shop.LiftLimit();
            await buyers.SomeMore();
            await buyers.Finish();
            await shop.IsHealthy();
            await shop.Kill();
            Assert.That(Faulty.OrdersIn(directory), Is.SupersetOf(buyers.Acknowledged).And.Unique);
            Assert.That(Faulty.OrdersIn(directory), Has.Count.EqualTo(buyers.Acknowledged.Count + 1), "none that was refused");
        }
    }

    [Test]
    public async Task A_start_on_a_full_disk_is_reported_and_with_room_the_modules_start_by_themselves()
    {
        Guid product;
        await using (var before = await ShopCommand.Host(directory))
        {
            (product, _) = await before.Http.SellOne();
        }
        // Without this setting, the runtime needs a large file for the code that it compiles.
        var environment = new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" };
        await using var shop = await ShopProcess.RunBy(["prlimit", "--fsize=4096:"], directory, [], environment);

        await shop.AssertNamed("orders", "The disk refused", "Look at the disk");
        Faulty.AssertRefused(await shop.Http.Order(product), "The disk refused");

        shop.LiftLimit();
        await shop.IsHealthy();
        (await shop.Http.Order(product)).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task An_export_that_finds_no_room_fails_in_one_line_and_leaves_nothing_behind()
    {
        await using var shop = await ShopCommand.Host(directory);
        await BackedUpShop.Succeed("demo", "--url", shop.Url);
        var place = Directory.CreateDirectory(Path.Combine(directory, "exports")).FullName;
        string[] arguments = ["export", "purchase-history", "--format", "csv", "-o", Path.Combine(place, "all.csv"), "--url", shop.Url];
        var environment = new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" };

        await using var export = ShopProcess.Start(arguments, null, environment, launcher: ["prlimit", "--fsize=64:"]);

        Assert.That(await export.Exited(), Is.EqualTo(1), export.Errors);
        Assert.That(export.Errors.Trim(), Does.StartWith("modularshop: ").And.Not.Contain("\n"));
        Assert.That(Directory.EnumerateFileSystemEntries(place), Is.Empty);
    }
}
