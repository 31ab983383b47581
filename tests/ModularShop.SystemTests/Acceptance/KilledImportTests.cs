namespace ModularShop.SystemTests.Acceptance;

internal sealed class KilledImportTests
{
    private const int KillsPerShop = 5;

    private string directory = "";

    [SetUp]
    public void CreateDirectory() => directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    // Few kills for each shop, so that most of them interrupt an import.
    [Test]
    public async Task An_import_that_is_killed_at_any_moment_and_resumed_ends_in_the_same_totals()
    {
        foreach (var seed in Soak.Seeds(KillsPerShop, kills: KillsPerShop))
        {
            var data = Path.Combine(directory, $"seed-{seed}");
            var random = new Random(seed);
            var met = 0;
            for (var kill = 0; kill < KillsPerShop; kill++)
            {
                await using var import = ShopProcess.Start(MonthOfSales.Import(data));
                met += await import.KillAfter(TimeSpan.FromMilliseconds(random.Next(500, 6000))) ? 1 : 0;
            }

            await MonthOfSales.ImportAll("--data", data);

            Assert.That(met, Is.Positive, $"Seed {seed}: no kill met a running import.");
            await MonthOfSales.AssertHistory("--data", data);
            var doctor = await ShopCommand.Execute("doctor", "--data", data);
            Assert.That(doctor.ExitCode, Is.Zero, doctor.Output);
            Soak.Say($"seed {seed}: {met} of {KillsPerShop} kills met a running import; the totals are right");
        }
    }

    [Test]
    public async Task An_import_into_a_shop_that_is_killed_under_it_is_resumed()
    {
        await using (var shop = await ShopProcess.Run(directory))
        {
            await using var import = ShopProcess.Start("import", "online-retail", Import.Tests.Month.File, "--url", shop.Url);
            await Eventually.Get(
                () => shop.Http.Get("/admin/v1/modules/orders/events?limit=1"),
                events => events.Text != "[]",
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
