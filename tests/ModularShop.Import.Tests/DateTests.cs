using System.Globalization;
using ModularShop.Host.Import;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>The accepted forms of dates, and the order of days and months in them.</summary>
internal sealed class DateTests
{
    private static readonly RetailFormat DayFirst = new() { Dates = DateOrder.DayFirst };
    private static readonly RetailFormat MonthFirst = new() { Dates = DateOrder.MonthFirst };

    [TestCase("2010-12-01 08:26:00", "2010-12-01T08:26:00Z")]
    [TestCase("2010-12-01 08:26", "2010-12-01T08:26:00Z")]
    [TestCase("2010-12-01T08:26:00", "2010-12-01T08:26:00Z")]
    [TestCase("2010-12-01T08:26:00Z", "2010-12-01T08:26:00Z")]
    [TestCase("2010-12-01T08:26:00+01:00", "2010-12-01T07:26:00Z")]
    [TestCase("2010-12-01T08:26:00.1239999", "2010-12-01T08:26:00.123Z")]
    [TestCase("2010/12/01 8:26", "2010-12-01T08:26:00Z")]
    [TestCase("12/1/2010 8:26", "2010-12-01T08:26:00Z")]
    [TestCase("12/1/2010 8:26:30", "2010-12-01T08:26:30Z")]
    [TestCase("12/01/2010 08:26:30 PM", "2010-12-01T20:26:30Z")]
    [TestCase("12/1/2010 12:05 am", "2010-12-01T00:05:00Z")]
    [TestCase("\" 12/31/2010 23:05 \"", "2010-12-31T23:05:00Z")]
    [TestCase("31.12.2010 23:05", "2010-12-31T23:05:00Z")]
    public void A_date_is_read_in_the_usual_forms(string field, string expected) =>
        Assert.That(Dates([Line(date: field)]), Is.EqualTo(new[] { At(expected) }));

    [Test]
    public void A_line_anywhere_in_the_file_shows_that_the_day_comes_first()
    {
        using var file = Of(Line("1", date: "05/12/2010 8:26", stockCode: "A"), Line("2", date: "13/12/2010 8:26", stockCode: "B"));

        var plan = file.Check();

        Assert.Multiple(() =>
        {
            Assert.That(plan.Products.First().AsOf, Is.EqualTo(At("2010-12-05T08:26Z")));
            Assert.That(plan.Dates, Is.EqualTo(new DateEvidence(DateOrder.DayFirst, 3)));
            Assert.That(plan.Undecided, Is.Null);
        });
    }

    [Test]
    public void Where_no_line_shows_it_the_month_comes_first_and_the_first_such_date_is_told()
    {
        using var file = Of(Line(date: "5/5/2010 8:26"), Line(date: "05/12/2010 8:26"));

        var plan = file.Check();

        Assert.Multiple(() =>
        {
            Assert.That(plan.Products.Single().AsOf, Is.EqualTo(At("2010-05-12T08:26Z")));
            Assert.That(plan.Undecided, Is.EqualTo(new AmbiguousDate(3, "05/12/2010 8:26")));
        });
    }

    [Test]
    public void What_comes_first_can_be_said()
    {
        using var file = Of(Line(date: "05/12/2010 8:26"));

        var (day, month) = (file.Check(format: DayFirst), file.Check(format: MonthFirst));

        Assert.Multiple(() =>
        {
            Assert.That(day.Products.Single().AsOf, Is.EqualTo(At("2010-12-05T08:26Z")));
            Assert.That(month.Products.Single().AsOf, Is.EqualTo(At("2010-05-12T08:26Z")));
            Assert.That((day.Undecided, month.Undecided), Is.EqualTo(((AmbiguousDate?)null, (AmbiguousDate?)null)));
        });
    }

    [Test]
    public void A_line_that_contradicts_is_refused_with_its_number()
    {
        using var file = Of(Line(date: "12/13/2010 8:26"), Line(date: "13/12/2010 8:26"));
        using var mixed = Of(Line(date: "2010-12-01 08:26:00"), Line(date: "5/12/2010 8:26"), Line(date: "13/12/2010 8:26"));

        Assert.Multiple(() =>
        {
            Assert.That(
                file.Problems(),
                Is.EqualTo(new[] { "line 3: InvoiceDate '13/12/2010 8:26' does not have the month first, as line 2 shows." })
            );
            Assert.That(
                file.Problems(DayFirst),
                Is.EqualTo(new[] { "line 2: InvoiceDate '12/13/2010 8:26' does not have the day first, as --dates says." })
            );
            Assert.That(
                mixed.Problems(),
                Has.One.StartsWith("line 4: InvoiceDate '13/12/2010 8:26' has the day first, and '5/12/2010 8:26' in line 3")
            );
        });
    }

    [TestCase("0001-01-01 00:00:00", "is before 1970.")]
    [TestCase("1969-12-31 23:59:59", "is before 1970.")]
    [TestCase("1/1/0001 0:00", "is before 1970.")]
    [TestCase("9999-12-31 00:00:00", "is in the future.")]
    [TestCase("2110-12-01 08:26:00", "is in the future.")]
    [TestCase("30/2/2010 8:26", "is not a date")]
    [TestCase("12/1/10 8:26", "is not a date")]
    [TestCase("2010-12-01 25:00:00", "is not a date")]
    [TestCase("40513.35", "is not a date")]
    public void A_date_that_cannot_be_is_refused_before_anything_is_put_in(string field, string problem)
    {
        using var file = Of(Line(), Line("A1", date: field));

        Assert.That(file.Problems(), Has.One.StartsWith("line 3: InvoiceDate '").And.One.Contains(problem));
    }

    [Test]
    public void The_second_reading_takes_dates_as_the_first_did()
    {
        using var file = Of(Line(date: "05/12/2010 8:26"), Line(date: "13/12/2010 8:26"));
        var retail = OnlineRetailFile.Open(file.Path);
        var plan = FileCheck.Run(retail, rejects: null, _ => { }, CancellationToken.None);

        using var reader = retail.Read(plan.Dates);

        Assert.That(reader.Read()!.Date, Is.EqualTo(At("2010-12-05T08:26Z")));
    }

    private static IEnumerable<DateTimeOffset> Dates(string[] lines)
    {
        using var file = Of(lines);
        return file.Check().Products.Select(product => product.AsOf);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
