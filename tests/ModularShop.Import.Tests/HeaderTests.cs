using System.IO.Compression;
using System.Text;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>The header identifies the file. The message for a refused header shows it and the probable reason.</summary>
internal sealed class HeaderTests
{
    private const string SecondHeader = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country";

    [Test]
    public void Online_Retail_II_is_read_by_its_header()
    {
        using var file = Text(
            $"""
            {SecondHeader}
            489434,85048,"15CM CHRISTMAS GLASS BALL 20 LIGHTS",12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom
            C489449,22087,PAPER BUNTING WHITE LACE,-12,2009-12-01 10:33:00,2.95,16321.0,Australia
            A506401,B,Adjust bad debt,1,2010-04-29 13:36:00,-53594.36,,United Kingdom
            491725,TEST001,This is a test product.,10,2009-12-14 08:34:00,4.5,12346.0,United Kingdom
            490074,gift_0001_20,,1,2009-12-03 14:39:00,17.0,,United Kingdom
            489856,m,Manual,1,2009-12-02 14:42:00,0.0,,United Kingdom
            """
        );

        var plan = file.Check();

        Assert.Multiple(() =>
        {
            Assert.That((plan.Orders.Invoices, plan.Returns.Invoices, plan.Skipped.Values.Sum()), Is.EqualTo((4, 1, 1)));
            Assert.That(plan.Customers.Select(customer => customer.Number), Is.EqualTo(new[] { "13085", "16321", "12346" }));
            Assert.That(plan.Products.Select(product => product.Sku), Does.Contain("gift_0001_20").And.Contain("m"));
        });
    }

    [TestCase("\"InvoiceNo\",\"StockCode\",\"Description\",\"Quantity\",\"InvoiceDate\",\"UnitPrice\",\"CustomerID\",\"Country\"")]
    [TestCase("invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country")]
    [TestCase("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country")]
    [TestCase("sep=,\nInvoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country")]
    public void Quotes_case_and_blanks_of_a_header_do_not_matter(string header)
    {
        using var file = Text($"{header}\n{Line()}\n");

        Assert.That(file.Check().Orders.Lines, Is.EqualTo(1));
    }

    [Test]
    public void Columns_are_found_by_their_names_wherever_they_stand()
    {
        using var file = Text(
            "Country,Customer ID,Price,InvoiceDate,Quantity,Description,StockCode,Invoice\nFrance,17850,2.55,2010-12-01 08:26:00,6,HEART,85123A,536365\n"
        );

        var plan = file.Check();

        Assert.That((plan.Orders.Total, plan.Customers.Single().Country), Is.EqualTo((15.3m, "France")));
    }

    [TestCase("InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country", "separated by semicolons")]
    [TestCase("InvoiceNo\tStockCode\tDescription\tQuantity\tInvoiceDate\tUnitPrice\tCustomerID\tCountry", "separated by tabs")]
    [TestCase("InvoiceNo|StockCode|Description", "separated by bars")]
    [TestCase(",InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", "looks like an index")]
    [TestCase("Unnamed: 0,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", "looks like an index")]
    [TestCase(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Total",
        "Remove the other columns: Total."
    )]
    [TestCase(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,",
        "Remove the other columns: an empty column."
    )]
    [TestCase(
        "\"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\"",
        "Each line as a whole stands in quotes"
    )]
    [TestCase("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,Country", "Missing: Description, CustomerID.")]
    [TestCase("536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom", "looks like data")]
    public void A_header_that_is_refused_is_shown_with_the_likely_cause(string header, string cause)
    {
        using var file = Text($"{header}\n{Line()}\n");

        var problem = file.Problems().Single();

        Assert.That(problem, Does.StartWith($"line 1: the header is neither {Header} nor {SecondHeader}. Found: ").And.Contain(cause));
        if (header[0] != '"')
        {
            Assert.That(problem, Does.Contain($"Found: {header.Replace('\t', '\uFFFD')}. "));
        }
    }

    [Test]
    public void A_file_of_another_kind_is_recognised()
    {
        Assert.Multiple(() =>
        {
            Refused([], "line 1: the file is empty.");
            Refused("\n\n"u8.ToArray(), "line 1: the file has blank lines only.");
            Refused(Zip("[Content_Types].xml"), "it is an Excel workbook (.xlsx)");
            Refused(Zip("data.csv"), "it is a zip archive");
            Refused([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "it is an Excel workbook (.xls)");
            Refused(Gzip(Gzip(Bytes(Line()))), "it is gzip within gzip");
            Refused(Encoding.Unicode.GetBytes($"{Header}\n{Line()}\n"), "zero bytes, as UTF-16 has");
            Refused([.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(Header)], "UTF-32");
            Refused("<!DOCTYPE html>\n<html></html>"u8.ToArray(), "it is HTML or XML");
            Refused("[{\"InvoiceNo\": 1}]"u8.ToArray(), "it is JSON");
            Refused("SQLite format 3\0"u8.ToArray(), "it is an SQLite database");
        });

        static void Refused(byte[] bytes, string problem)
        {
            using var file = new MadeUpFile(bytes);
            Assert.That(file.Problems(), Has.One.Contains(problem));
        }
    }

    private static MadeUpFile Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static byte[] Zip(string entry)
    {
        using var zipped = new MemoryStream();
        using (var archive = new ZipArchive(zipped, ZipArchiveMode.Create))
        {
            using var content = archive.CreateEntry(entry).Open();
            content.Write(Bytes(Line()));
        }
        return zipped.ToArray();
    }
}
