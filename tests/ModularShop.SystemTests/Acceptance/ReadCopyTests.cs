using ModularShop.SystemTests.Topologies;

namespace ModularShop.SystemTests.Acceptance;

/// <summary>The purchase history can always be rebuilt from the logs.</summary>
[TestFixtureSource(typeof(Arrangements), nameof(Arrangements.Tested))]
internal sealed class ReadCopyTests(Arrangement arrangement)
{
    [Test]
    public async Task A_read_copy_that_is_rebuilt_or_deleted_comes_back_from_the_logs()
    {
        await using var shop = await SplitShop.Start(seed: 8, arrangement);
        var sales = shop.Http.Address.ToString();
        await MonthOfSales.ImportInto(shop);
        var again = await MonthOfSales.ImportInto(shop);
        Assert.That(again.Where(figure => figure.Key.StartsWith("new-", StringComparison.Ordinal)).Select(f => f.Value), Is.All.Zero);

        await BackedUpShop.Succeed("rebuild", "purchase-history", "--wait", "--url", shop.Url);

        await MonthOfSales.AssertHistory("--url", sales);
        var (host, directory) = (shop.PlaceOf("purchase-history"), shop.DataOf("purchase-history"));

        await shop.Kill(host);
        foreach (var file in Directory.GetFiles(directory, "purchase-history.db*"))
        {
            File.Delete(file);
        }
        await shop.Start(host);
        await shop.Operating.CaughtUp(deadline: TimeSpan.FromMinutes(2));

        await MonthOfSales.AssertHistory("--url", sales);
    }
}
