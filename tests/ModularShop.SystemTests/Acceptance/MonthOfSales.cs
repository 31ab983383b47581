using ModularShop.Import.Tests;
using ModularShop.SystemTests.Topologies;

namespace ModularShop.SystemTests.Acceptance;

/// <summary>Imports the month of real sales and compares what the shop makes of it.</summary>
internal static class MonthOfSales
{
    private static readonly string[] Unchanging =
    [
        "rows",
        "orders",
        "order-lines",
        "orders-total",
        "returns",
        "return-lines",
        "returns-total",
        "customers",
        "products",
        "skipped-stock-write-off",
    ];

    public static string[] Import(string directory) => ["import", "online-retail", Month.File, "--data", directory];

    /// <summary>Imports to the end. The figures must be those of the whole month, however much was imported before.</summary>
    public static Task<Dictionary<string, decimal>> ImportAll(params string[] shop) => Import(["--wait", .. shop]);

    /// <summary>As a customer of the shop, who does not reach the operator's routes, and waits until the events are applied.</summary>
    public static async Task<Dictionary<string, decimal>> ImportInto(SplitShop shop)
    {
        var figures = await Import(["--url", shop.Http.Address.ToString()]);
        await shop.Operating.CaughtUp(deadline: TimeSpan.FromMinutes(2));
        return figures;
    }

    private static async Task<Dictionary<string, decimal>> Import(string[] arguments)
    {
        var import = await ShopCommand.Execute(["import", "online-retail", Month.File, .. arguments]);
        Assert.That(import.ExitCode, Is.Zero, import.Errors);
        var figures = Month.Figures(import.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var expected = Month.Totals();
        Assert.That(Unchanging.Select(what => (what, figures[what])), Is.EqualTo(Unchanging.Select(what => (what, expected[what]))));
        return figures;
    }

    /// <summary>The exported purchase history equals the expected one, row for row.</summary>
    public static async Task AssertHistory(params string[] shop) => Assert.That(await Export(shop), Is.EqualTo(Month.PurchaseHistory()));

    public static async Task<List<PurchaseRow>> Export(params string[] shop)
    {
        var export = await ShopCommand.Execute(["export", "purchase-history", "--format", "csv", .. shop]);
        Assert.That(export.ExitCode, Is.Zero, export.Errors);
        return PurchaseRow.Read(new StringReader(export.Output));
    }
}
