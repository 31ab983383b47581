namespace ModularShop.SystemTests.Acceptance;

internal sealed class AddedModuleTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

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
}
