namespace ModularShop.SystemTests.Acceptance;

internal sealed class KilledImportTests
{
    private const int Kills = 5;
    private const int Seeds = 4;

    private string directory = "";

    [SetUp]
    public void CreateDirectory() => directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    // Twenty kills in all, on four shops, so that most of them meet an import that is not done yet.
    [Test]
    public async Task An_import_that_is_killed_at_any_moment_and_resumed_ends_in_the_same_totals([Range(1, Seeds)] int seed)
    {
        var random = new Random(seed);
        var met = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var import = ShopProcess.Start(MonthOfSales.Import(directory));
            met += await import.KillAfter(TimeSpan.FromMilliseconds(random.Next(500, 6000))) ? 1 : 0;
        }

        await MonthOfSales.ImportAll("--data", directory);

        Assert.That(met, Is.Positive, "No kill met a running import.");
        await MonthOfSales.AssertHistory("--data", directory);
        var doctor = await ShopProcess.Execute("doctor", "--data", directory);
        Assert.That(doctor.ExitCode, Is.Zero, doctor.Output);
    }

    [Test]
    public async Task An_import_into_a_shop_that_is_killed_under_it_is_resumed()
    {
        await using (var shop = await ShopProcess.Run(directory))
        {
            await using var import = ShopProcess.Start("import", "online-retail", Import.Tests.Month.File, "--url", shop.Url);
            await Eventually.Get(
                () => shop.Http.GetStringAsync(new Uri("/admin/v1/modules/orders/events?limit=1", UriKind.Relative)),
                events => events != "[]",
                TimeSpan.FromMinutes(1)
            );
            await shop.Kill();
            Assert.That(await import.Exited(), Is.EqualTo(1));
            Assert.That(import.Errors, Does.Contain("run the same command again"));
        }

        await using var restarted = await ShopProcess.Run(directory);
        var figures = await MonthOfSales.ImportAll("--url", restarted.Url);

        Assert.That(figures["new-orders"], Is.LessThan(figures["orders"]), "What was acknowledged before was still there.");
        await MonthOfSales.AssertHistory("--url", restarted.Url);
    }
}
