namespace ModularShop.SystemTests.Acceptance;

/// <summary>The purchase history can always be rebuilt from the logs.</summary>
internal sealed class ReadCopyTests
{
    private string directory = "";

    [SetUp]
    public void CreateDirectory() => directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_second_import_imports_nothing_and_a_deleted_read_copy_comes_back_from_the_logs()
    {
        await MonthOfSales.ImportAll("--data", directory);
        var again = await MonthOfSales.ImportAll("--data", directory);
        foreach (var file in Directory.GetFiles(directory, "purchase-history.db*"))
        {
            File.Delete(file);
        }

        Assert.That(again.Where(figure => figure.Key.StartsWith("new-", StringComparison.Ordinal)).Select(f => f.Value), Is.All.Zero);
        await MonthOfSales.AssertHistory("--data", directory);
    }

    [Test]
    public async Task A_module_that_is_added_later_catches_up_on_all_history()
    {
        await using (var shop = await ShopProcess.Run(directory, "--modules", "Customers,Catalog,Orders"))
        {
            await MonthOfSales.ImportAll("--url", shop.Url);
        }
        Assert.That(File.Exists(Path.Combine(directory, "purchase-history.db")), Is.False);
        await using (var whole = await ShopCommand.Host(directory))
        {
            await whole.CaughtUp();
        }

        await MonthOfSales.AssertHistory("--data", directory);
    }

    [Test]
    public async Task A_rebuild_while_the_shop_runs_gives_the_same_rows()
    {
        await using var shop = await ShopCommand.Host(directory);
        await MonthOfSales.ImportAll("--url", shop.Url);

        var rebuild = await ShopProcess.Execute("rebuild", "purchase-history", "--wait", "--url", shop.Url);

        Assert.That(rebuild.ExitCode, Is.Zero, rebuild.Errors);
        await MonthOfSales.AssertHistory("--url", shop.Url);
    }
}
