using System.Text;
using ModularShop.Host.Import;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>A broken file is refused as a whole, and the message contains the line number.</summary>
internal sealed class BrokenFileTests
{
    [TestCase("invoice", "", "InvoiceNo is empty.")]
    [TestCase("invoice", "  ", "InvoiceNo is empty.")]
    [TestCase("stockCode", "", "StockCode is empty.")]
    [TestCase("quantity", "six", "Quantity 'six' is not a whole number of at most 1000000.")]
    [TestCase("quantity", "1.5", "Quantity '1.5' is not a whole number of at most 1000000.")]
    [TestCase("quantity", "1000001", "Quantity '1000001' is not a whole number of at most 1000000.")]
    [TestCase("date", "2010-13-01 08:26:00", "InvoiceDate '2010-13-01 08:26:00' is not a date like 2010-12-01 08:26:00.")]
    [TestCase("date", "", "InvoiceDate '' is not a date like 2010-12-01 08:26:00.")]
    [TestCase("price", "2.55555", "UnitPrice '2.55555' is not a number of at most 4 decimals and at most 1000000000.")]
    [TestCase("price", "GBP", "UnitPrice 'GBP' is not a number of at most 4 decimals and at most 1000000000.")]
    [TestCase("customer", "17850.5", "CustomerID '17850.5' is not a number.")]
    [TestCase("customer", "Jane", "CustomerID 'Jane' is not a number.")]
    [TestCase("customer", ".0", "CustomerID '.0' is not a number.")]
    public void A_malformed_column_is_named_with_its_line(string column, string value, string message)
    {
        var line = column switch
        {
            "invoice" => Line(invoice: value),
            "stockCode" => Line(stockCode: value),
            "quantity" => Line(quantity: value),
            "date" => Line(date: value),
            "price" => Line(price: value),
            _ => Line(customer: value),
        };

        Assert.That(Problems(Line("1"), line), Is.EqualTo(new[] { $"line 3: {message}" }));
    }

    [Test]
    public void Adjustments_have_to_be_well_formed_too() =>
        Assert.That(Problems(Line("A1", price: "much")), Has.One.StartsWith("line 2: UnitPrice 'much'"));

    [TestCase("1,2,3", "line 3: it has 3 columns, not 8.")]
    [TestCase("1,2,3,4,5,6,7,8,9", "line 3: it has 9 columns, not 8.")]
    public void A_line_has_eight_columns(string line, string problem) => Assert.That(Problems(Line(), line), Is.EqualTo(new[] { problem }));

    [TestCase("1,\"a\"b,,1,2010-12-01 08:26:00,1,,", "line 3: text follows a closing quote.")]
    [TestCase("1,2,15\" BOARD,1,2010-12-01 08:26:00,1,,", "line 3: a quote stands within a column that does not begin with one.")]
    [TestCase("1,2,\"BOARD,1,2010-12-01 08:26:00,1,,", "line 3: a quote is not closed.")]
    public void Quotes_have_to_be_right(string line, string problem) => Assert.That(Problems(Line(), line), Has.One.EqualTo(problem));

    [Test]
    public void A_quote_that_is_never_closed_does_not_swallow_the_file()
    {
        var lines = Enumerable.Repeat(Line(), 5000);

        Assert.That(
            Problems([Line(), "1,2,\"BOARD,1,2010-12-01 08:26:00,1,,", .. lines]),
            Is.EqualTo(new[] { "line 3: no end of it within 65536 bytes; is a quote not closed?" })
        );
    }

    [Test]
    public void Line_numbers_count_line_breaks_within_quotes_and_blank_lines()
    {
        var problems = Problems(Line(description: "\"WHITE, \"\"HANGING\"\"\nHEART\""), "", Line(price: "x"));

        Assert.That(problems, Has.One.StartsWith("line 5: UnitPrice 'x'"));
    }

    [Test]
    public void Line_numbers_are_right_with_carriage_returns()
    {
        var text = $"{Header}\r\n{Line(description: "\"WHITE\r\nHEART\"")}\r\n\r\n{Line(price: "x")}\r\n";
        using var file = new MadeUpFile(Encoding.UTF8.GetBytes(text));

        Assert.That(file.Problems(), Has.One.StartsWith("line 5: UnitPrice 'x'"));
    }

    [Test]
    public void Carriage_returns_and_a_byte_order_mark_are_fine()
    {
        var text = $"{Header}\r\n{Line(description: "\"CAFÉ\r\nHEART\"")}\r\n{Line("2")}";
        using var file = new MadeUpFile([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]);

        Assert.That(file.Check().Orders.Lines, Is.EqualTo(2));
    }

    [Test]
    public void Two_customers_in_one_invoice_are_a_mistake()
    {
        var problems = Problems(Line(customer: "17850"), Line("2"), Line(customer: "17851"), Line(customer: ""));

        Assert.That(
            problems,
            Is.EqualTo(
                new[]
                {
                    "line 4: invoice 536365 is of customer 17851 here and of customer 17850 before.",
                    "line 5: invoice 536365 is of a guest here and of customer 17850 before.",
                }
            )
        );
    }

    [Test]
    public void An_invoice_that_the_shop_would_not_take_is_refused_before()
    {
        using var lines = Of([.. Enumerable.Repeat(Line(), 5001)]);
        using var total = Of(Line(quantity: "1000000", price: "1000000"));

        Assert.Multiple(() =>
        {
            Assert.That(lines.Problems(), Has.One.StartsWith("line 5002: invoice 536365 has more than 5000 lines"));
            Assert.That(total.Problems(), Has.One.StartsWith("line 2: invoice 536365 has more than"));
        });
    }

    [Test]
    public void The_first_ten_malformed_lines_are_listed()
    {
        var problems = Problems([.. Enumerable.Repeat(Line(price: "x"), 15)]);

        Assert.Multiple(() =>
        {
            Assert.That(problems, Has.Count.EqualTo(11));
            Assert.That(problems[9], Does.StartWith("line 11: "));
            Assert.That(problems[10], Is.EqualTo("the check stopped at 10 problems; there may be more."));
        });
    }

    [Test]
    public void A_file_that_is_not_there_is_said_so()
    {
        using var file = Of(Line());

        Assert.Multiple(() =>
        {
            Assert.That(
                Assert.Throws<FileRefusedException>(() => OnlineRetailFile.Open($"{file.Path}.none"))!.Message,
                Is.EqualTo("there is no such file.")
            );
            Assert.That(
                Assert.Throws<FileRefusedException>(() => OnlineRetailFile.Open(Path.GetDirectoryName(file.Path)!))!.Message,
                Does.StartWith("the file cannot be read.")
            );
        });
    }

    private static IReadOnlyList<string> Problems(params string[] lines)
    {
        using var file = Of(lines);
        return file.Problems();
    }
}
