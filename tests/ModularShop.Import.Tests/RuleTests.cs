using ModularShop.Host.Import;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>The meaning of each kind of line to the shop.</summary>
internal sealed class RuleTests
{
    [Test]
    public void An_ordinary_invoice_is_an_order()
    {
        var plan = Check(Line(quantity: "6", price: "2.55"), Line(stockCode: "71053", quantity: "2", price: "3.3925"));

        Assert.That(plan.Orders, Is.EqualTo(new InvoiceTotals(1, 2, 22.085m)));
    }

    [Test]
    public void C_and_digits_is_a_return_with_its_quantities_turned_positive()
    {
        var plan = Check(Line("C536379", quantity: "-3", price: "1.25"));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Returns, Is.EqualTo(new InvoiceTotals(1, 1, 3.75m)));
            Assert.That(plan.Orders, Is.EqualTo(default(InvoiceTotals)));
        });
    }

    [TestCase("A563185", "1", "11062.06", LineKind.Adjustment)]
    [TestCase("A563186", "1", "-11062.06", LineKind.Adjustment)]
    [TestCase("a563185.0", "1", "1", LineKind.Adjustment)]
    [TestCase("536365", "0", "1", LineKind.StockWriteOff)]
    [TestCase("536365", "-10", "0", LineKind.StockWriteOff)]
    [TestCase("536365", "1", "-0.01", LineKind.NegativePrice)]
    [TestCase("C536379", "-1", "-0.01", LineKind.NegativePrice)]
    [TestCase("C536379", "0", "1", LineKind.ReturnNotNegative)]
    [TestCase("C536379", "1", "1", LineKind.ReturnNotNegative)]
    public void What_is_neither_sold_nor_returned_is_skipped_and_counted(string invoice, string quantity, string price, LineKind reason)
    {
        var plan = Check(Line(invoice, quantity: quantity, price: price));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Skipped, Is.EqualTo(new Dictionary<LineKind, long> { [reason] = 1 }));
            Assert.That(plan.Rows, Is.EqualTo(1));
            Assert.That(plan.Orders + plan.Returns, Is.EqualTo(default(InvoiceTotals)), "no line left, no order");
            Assert.That(plan.Products, Is.Empty);
            Assert.That(plan.Customers, Is.Empty);
        });
    }

    [Test]
    public void A_gift_is_sold_for_nothing() => Assert.That(Check(Line(price: "0")).Orders.Lines, Is.EqualTo(1));

    [Test]
    public void Stock_codes_differ_by_case()
    {
        var plan = Check(Line(stockCode: "85123A"), Line(stockCode: "85123a"), Line(stockCode: " 85123a "));

        Assert.That(plan.Products.Select(p => p.Sku), Is.EqualTo(new[] { "85123A", "85123a" }));
    }

    [TestCase("17850", "17850")]
    [TestCase("17850.0", "17850")]
    [TestCase(" 17850.00 ", "17850")]
    public void A_customer_is_a_number_however_a_spreadsheet_wrote_it(string field, string number) =>
        Assert.That(Check(Line(customer: field)).Customers.Single().Number, Is.EqualTo(number));

    [TestCase("")]
    [TestCase("  ")]
    public void Without_a_customer_it_is_a_guest_order(string field)
    {
        var plan = Check(Line(customer: field));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Customers, Is.Empty);
            Assert.That(plan.Orders.Invoices, Is.EqualTo(1));
        });
    }

    [Test]
    public void A_customer_lives_where_the_latest_line_says()
    {
        var plan = Check(
            Line("1", date: "2010-12-02 08:00:00", country: "Austria"),
            Line("2", date: "2010-12-01 08:00:00", country: "Cyprus"),
            Line("3", date: "2010-12-03 08:00:00", country: "")
        );

        Assert.That(plan.Customers.Single().Country, Is.EqualTo("Austria"));
    }

    [Test]
    public void A_product_has_name_and_price_of_its_latest_sale()
    {
        var product = Product(
            Line("2", description: "LATER", price: "3", date: "2010-12-02 08:00:00"),
            Line("1", description: "EARLIER", price: "2", date: "2010-12-01 08:00:00"),
            Line("C3", description: "RETURNED", price: "9", date: "2010-12-03 08:00:00", quantity: "-1")
        );

        Assert.That((product.Name, product.Price, product.AsOf), Is.EqualTo(("LATER", 3m, At("2010-12-02T08:00Z"))));
    }

    [Test]
    public void Of_two_sales_at_one_time_the_later_line_counts()
    {
        var product = Product(Line(description: "FIRST", price: "1"), Line(description: "SECOND", price: "2"));

        Assert.That((product.Name, product.Price), Is.EqualTo(("SECOND", 2m)));
    }

    [Test]
    public void A_blank_description_does_not_replace_a_name()
    {
        var product = Product(
            Line("1", description: "NAME", price: "1", date: "2010-12-01 08:00:00"),
            Line("2", description: " ", price: "2", date: "2010-12-02 08:00:00")
        );

        Assert.That((product.Name, product.Price), Is.EqualTo(("NAME", 2m)));
    }

    [Test]
    public void A_product_that_was_only_returned_is_listed_by_its_latest_return()
    {
        var product = Product(
            Line("C1", description: "OLD", price: "1", quantity: "-1", date: "2010-12-01 08:00:00"),
            Line("C2", description: "NEW", price: "2", quantity: "-1", date: "2010-12-02 08:00:00")
        );

        Assert.That((product.Name, product.Price, product.AsOf), Is.EqualTo(("NEW", 2m, At("2010-12-02T08:00Z"))));
    }

    [Test]
    public void A_product_without_any_name_goes_by_its_stock_code() =>
        Assert.That(Product(Line(stockCode: "POST", description: "")).Name, Is.EqualTo("POST"));

    [TestCase("2010-12-01 08:26:00", "2010-12-01T08:26Z")]
    [TestCase("12/1/2010 8:26", "2010-12-01T08:26Z")]
    [TestCase("12/31/2010 23:05", "2010-12-31T23:05Z")]
    public void A_date_is_read_in_both_forms_as_UTC(string field, string expected) =>
        Assert.That(Product(Line(date: field)).AsOf, Is.EqualTo(At(expected)));

    [Test]
    public void Interleaved_invoices_are_told_apart()
    {
        var plan = Check(Line("1", customer: "5"), Line("2", customer: "6"), Line("1", customer: "5"), Line("2", customer: "6"));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Orders.Invoices, Is.EqualTo(2));
            Assert.That((plan.LinesOf("1"), plan.LinesOf("2")), Is.EqualTo((2, 2)));
        });
    }

    [Test]
    public void Skipped_lines_can_be_written_with_their_numbers_and_reasons()
    {
        using var file = Of(
            Line(),
            Line("A1", description: "\"Adjust, \"\"bad\"\"\nDEBT\""),
            Line("2", quantity: "-5", customer: "17850.0")
        );
        using var output = new MemoryStream();
        using (var rejects = new RejectsWriter(output))
        {
            file.Check(rejects);
        }

        Assert.That(
            System.Text.Encoding.UTF8.GetString(output.ToArray()),
            Is.EqualTo(
                $"line,reason,{Header}\n"
                    + "3,adjustment,A1,85123A,\"Adjust, \"\"bad\"\"\nDEBT\",6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
                    + "5,stock-write-off,2,85123A,WHITE HANGING HEART,-5,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
            )
        );
    }

    private static ImportPlan Check(params string[] lines)
    {
        using var file = Of(lines);
        return file.Check();
    }

    private static PlannedProduct Product(params string[] lines) => Check(lines).Products.Single();

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
