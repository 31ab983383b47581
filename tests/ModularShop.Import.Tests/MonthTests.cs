using ModularShop.Host.Import;

namespace ModularShop.Import.Tests;

/// <summary>The check of a month of real sales: what will be imported.</summary>
internal sealed class MonthTests
{
    [Test]
    public void The_month_amounts_to_what_is_expected()
    {
        var plan = FileCheck.Run(OnlineRetailFile.Open(Month.File), rejects: null, _ => { }, CancellationToken.None);
        var figures = new Dictionary<string, decimal>
        {
            ["rows"] = plan.Rows,
            ["orders"] = plan.Orders.Invoices,
            ["order-lines"] = plan.Orders.Lines,
            ["orders-total"] = plan.Orders.Total,
            ["returns"] = plan.Returns.Invoices,
            ["return-lines"] = plan.Returns.Lines,
            ["returns-total"] = plan.Returns.Total,
            ["customers"] = plan.Customers.Count,
            ["products"] = plan.Products.Count,
        };
        foreach (var (reason, count) in plan.Skipped)
        {
            figures.Add($"skipped-{reason.Name()}", count);
        }

        Assert.That(figures, Is.EqualTo(Month.Totals()));
    }
}
