using ModularShop.Host.Import;

namespace ModularShop.Import.Tests;

/// <summary>A file with the size of the whole data set.</summary>
internal sealed class LargeFileTests
{
    private const string KeepAt = "LargeFile";

    /// <summary>With <c>--test-parameter LargeFile=PATH</c> the file is kept there for manual measurements.</summary>
    [Test]
    public void It_amounts_to_as_many_months_as_it_holds()
    {
        using var temporary = MadeUpFile.Of();
        var path = TestContext.Parameters.Get(KeepAt, temporary.Path)!;
        LargeFile.Write(path, Month.File, LargeFile.FullSize);

        var plan = FileCheck.Run(OnlineRetailFile.Open(path), rejects: null, _ => { }, CancellationToken.None);

        var month = Month.Totals();
        var months = LargeFile.FullSize / (int)month["rows"];
        Assert.Multiple(() =>
        {
            Assert.That(plan.Rows, Is.EqualTo(LargeFile.FullSize));
            Assert.That(plan.LastLine, Is.GreaterThan(LargeFile.FullSize));
            Assert.That(plan.Products, Has.Count.EqualTo(month["products"]), "the same in every month");
            Assert.That((decimal)plan.Customers.Count / months, Is.InRange(month["customers"], month["customers"] * 2));
            Assert.That((decimal)plan.Orders.Invoices / months, Is.InRange(month["orders"], month["orders"] * 2));
        });
    }
}
