using ModularShop.Host.Import;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>
/// Changes that spreadsheets make to codes and numbers are reversed where that is safe. Otherwise the file is refused; no line is
/// skipped for it.
/// </summary>
internal sealed class SpreadsheetTests
{
    [TestCase("536365.0")]
    [TestCase("536365.00")]
    [TestCase("  536365 ")]
    [TestCase("\u00A0536365\u200B")]
    [TestCase("\" 536365 \"")]
    [TestCase("\"\"\"536365\"\"\"")]
    [TestCase("'536365'")]
    [TestCase("'536365")]
    [TestCase("\"=\"\"536365\"\"\"")]
    public void An_invoice_is_its_number_however_a_spreadsheet_wrote_it(string field)
    {
        var plan = Check(Line(field), Line());

        Assert.Multiple(() =>
        {
            Assert.That(plan.Orders, Is.EqualTo(new InvoiceTotals(1, 2, 30.6m)));
            Assert.That(plan.LinesOf("536365"), Is.EqualTo(2));
            Assert.That(plan.Skipped, Is.Empty);
        });
    }

    [TestCase("c536379")]
    [TestCase("C536379.0")]
    [TestCase(" 'c536379' ")]
    public void So_is_that_of_a_return(string field)
    {
        var plan = Check(Line(field, quantity: "-6"));

        Assert.That((plan.Returns.Invoices, plan.LinesOf("C536379")), Is.EqualTo((1, 1)));
    }

    [TestCase("5.36E+05")]
    [TestCase("5.36365e5")]
    [TestCase("536365.5")]
    [TestCase("536365.")]
    [TestCase("\"536,365\"")]
    [TestCase("-536365")]
    [TestCase("C")]
    [TestCase("A")]
    [TestCase("C12X")]
    [TestCase("B536365")]
    [TestCase("CC536365")]
    [TestCase("C5.36E+05")]
    [TestCase("#REF!")]
    [TestCase("nan")]
    [TestCase("\uFF15\uFF13\uFF16")]
    public void An_invoice_that_is_no_number_is_refused_and_not_skipped(string field) =>
        Assert.That(Problems(Line(), Line(field)), Has.One.StartsWith("line 3: InvoiceNo '"));

    [Test]
    public void A_shortened_number_is_said_to_be_one()
    {
        Assert.That(Problems(Line("5.36E+05")), Has.One.Contains("A spreadsheet has shortened it; export the column as text."));
        Assert.That(
            Problems(Line(stockCode: "2.2423E+04")),
            Has.One.Contains("A spreadsheet has shortened it; export the column as text.")
        );
    }

    [TestCase("22423.0", "22423")]
    [TestCase(" '22423' ", "22423")]
    [TestCase("85123E", "85123E")]
    [TestCase("84E10", "84E10")]
    [TestCase("m", "m")]
    [TestCase("gift_0001_20", "gift_0001_20")]
    [TestCase("BANK CHARGES", "BANK CHARGES")]
    public void A_stock_code_is_left_as_it_is_but_for_zero_decimals(string field, string code) =>
        Assert.That(Check(Line(stockCode: field)).Products.Single().Sku, Is.EqualTo(code));

    [TestCase("6.0")]
    [TestCase(" 6 ")]
    [TestCase("'6'")]
    [TestCase("+6")]
    public void A_quantity_is_whole_however_it_is_written(string field) =>
        Assert.That(Check(Line(quantity: field)).Orders.Total, Is.EqualTo(15.3m));

    [TestCase("quantity", "\"1,000\"")]
    [TestCase("price", "\"2,55\"")]
    [TestCase("price", "\"1,234.5\"")]
    public void A_comma_that_may_separate_thousands_or_decimals_is_refused_with_a_hint(string column, string field) =>
        Assert.That(
            Problems(column == "price" ? Line(price: field) : Line(quantity: field)),
            Has.One.EndsWith("Write it without a comma, with a point before decimals.")
        );

    [TestCase("quantity", "9223372036854775808")]
    [TestCase("quantity", "6.5")]
    [TestCase("quantity", "6E0")]
    [TestCase("price", "1e-30")]
    [TestCase("price", "0.999999999999999999999999999999")]
    [TestCase("price", "2.550000000000000000000000000000001")]
    [TestCase("price", "£2.55")]
    [TestCase("price", "NaN")]
    public void A_number_that_cannot_be_kept_exactly_is_refused(string column, string field) =>
        Assert.That(Problems(column == "price" ? Line(price: field) : Line(quantity: field)), Has.One.StartsWith("line 2: "));

    [Test]
    public void Zeros_at_the_end_of_a_price_are_no_digits_too_many() =>
        Assert.That(Check(Line(price: "2.5500000000000000000000000000000000")).Orders.Total, Is.EqualTo(15.3m));

    [TestCase("'17850'", "17850")]
    [TestCase("\"=\"\"17850\"\"\"", "17850")]
    public void A_customer_is_a_number_within_quotes_too(string field, string number) =>
        Assert.That(Check(Line(customer: field)).Customers.Single().Number, Is.EqualTo(number));

    [Test]
    public void A_file_in_which_everything_is_skipped_is_known_to_be_one()
    {
        var plan = Check(Line("A563185", quantity: "1", price: "-11062.06"), Line("536365", quantity: "-1"));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Skipped.Values.Sum(), Is.EqualTo(plan.Rows));
            Assert.That(new ImportResult { Rows = plan.Rows, Skipped = plan.Skipped }.SellsNothing);
            Assert.That(!new ImportResult { Rows = plan.Rows + 1, Skipped = plan.Skipped }.SellsNothing);
        });
    }

    private static ImportPlan Check(params string[] lines)
    {
        using var file = Of(lines);
        return file.Check();
    }

    private static IReadOnlyList<string> Problems(params string[] lines)
    {
        using var file = Of(lines);
        return file.Problems();
    }
}
