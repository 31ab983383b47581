namespace ModularShop.SystemTests.Faults;

internal sealed class LostFileTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Removing_the_write_ahead_log_under_load_loses_nothing_and_the_module_continues_by_itself()
    {
        await using var shop = await ShopProcess.Run(directory);
        await using var buyers = await Buyers.Begin(shop.Http, await shop.Product());

        File.Delete(ModuleFile.Of(directory, "orders") + "-wal");
        await Eventually.True(() => buyers.Refused.Count > 0);
        await shop.AssertAnswers("/catalog/v1/products");
        await buyers.SomeMore();
        await buyers.Finish();
        await shop.IsHealthy();
        await shop.Kill();

        Faulty.AssertRefused(buyers.Refused.First(), "The write-ahead log was removed");
        Assert.That(Faulty.OrdersIn(directory), Is.SupersetOf(buyers.Acknowledged).And.Unique);
        Assert.That(Faulty.OrdersIn(directory), Has.Count.EqualTo(buyers.Acknowledged.Count + 1));
    }

    [Test]
    public async Task When_another_file_takes_its_place_under_load_what_was_acknowledged_is_saved_beside_it()
    {
        await using var shop = await ShopProcess.Run(directory);
        var product = await shop.Product();
        var file = ModuleFile.Of(directory, "orders");
        File.Copy(file, file + ".older");
        await using var buyers = await Buyers.Begin(shop.Http, product);

        File.Move(file + ".older", file, overwrite: true);
        await Eventually.True(() => buyers.Refused.Count > 0);
        await shop.AssertNamed("orders", "The file was replaced", "Put orders.rescued-1.db in the file's place");
        await shop.AssertAnswers("/catalog/v1/products", "/purchase-history/v1/purchases");
        Assert.That(shop.Errors, Does.Contain("Module orders broke down and is quarantined"));

        File.Move(Path.Combine(directory, "orders.rescued-1.db"), file, overwrite: true);
        await shop.Restart("orders");
        await buyers.SomeMore();
        await buyers.Finish();
        await shop.IsHealthy();
        await shop.Kill();

        Assert.That(Faulty.OrdersIn(directory), Is.SupersetOf(buyers.Acknowledged).And.Unique);
        Assert.That(Faulty.OrdersIn(directory), Has.Count.EqualTo(buyers.Acknowledged.Count + 1));
    }

    [Test]
    public async Task After_a_crash_without_its_log_a_file_is_reported_by_its_readers_until_the_log_is_put_back()
    {
        var log = ModuleFile.Of(directory, "orders") + "-wal";
        await using (var before = await ShopProcess.Run(directory))
        {
            var product = await before.Product();
            var position = await Eventually.Get(() => before.Http.Health("subscription purchase-history <- orders"), IsCaughtUp);
            Assert.That(position.GetProperty("data").GetProperty("position").GetInt64(), Is.Positive, $"{product}");
            await before.Kill();
        }
        File.Move(log, log + ".aside");
        await using (var shop = await ShopProcess.Run(directory))
        {
            var health = await shop.Http.Health("subscription purchase-history <- orders");
            Assert.That(health.GetProperty("status").GetString(), Is.EqualTo("unhealthy"));
            Assert.That(health.GetProperty("description").GetString(), Does.Contain("ahead of the log of 'orders'"));
            await shop.AssertAnswers("/catalog/v1/products");
            await shop.Kill();
        }
        File.Move(log + ".aside", log, overwrite: true);
        await using var mended = await ShopProcess.Run(directory);
        await mended.IsHealthy();
    }

    private static bool IsCaughtUp(System.Text.Json.JsonElement subscription) =>
        subscription.GetProperty("data") is var data
        && data.GetProperty("position").GetInt64() > 0
        && data.GetProperty("lag").GetInt64() == 0;
}
