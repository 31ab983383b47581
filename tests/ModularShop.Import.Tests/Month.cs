using System.Globalization;
using System.IO.Compression;

namespace ModularShop.Import.Tests;

/// <summary>The month of real sales beside the tests, and its expected totals.</summary>
internal static class Month
{
    private static readonly string Directory = Path.Combine(AppContext.BaseDirectory, "Data");

    public static string File { get; } = Path.Combine(Directory, "online-retail-2010-12.csv.gz");

    public static Dictionary<string, decimal> Totals() => Figures(System.IO.File.ReadLines(Path.Combine(Directory, "expected-totals.csv")));

    /// <summary>The figures of a table with the columns <c>what,value</c>.</summary>
    public static Dictionary<string, decimal> Figures(IEnumerable<string> lines) =>
        lines
            .Skip(1)
            .Select(line => line.Split(','))
            .ToDictionary(figure => figure[0], figure => decimal.Parse(figure[1], CultureInfo.InvariantCulture));

    public static List<PurchaseRow> PurchaseHistory()
    {
        using var zipped = System.IO.File.OpenRead(Path.Combine(Directory, "expected-purchase-history.csv.gz"));
        using var reader = new StreamReader(new GZipStream(zipped, CompressionMode.Decompress));
        return PurchaseRow.ReadExpected(reader);
    }
}

/// <summary>A row of an export, with amounts as numbers.</summary>
internal sealed record PurchaseRow(
    string Customer,
    string StockCode,
    long Orders,
    long QuantityBought,
    decimal AmountBought,
    long QuantityReturned,
    decimal AmountReturned,
    string LastBought
)
{
    public const string Header = ExpectedHeader + ",currency";

    // All sales of the month have the same currency, so the expected rows have no such column.
    private const string ExpectedHeader =
        "customer,stock_code,orders,quantity_bought,amount_bought,quantity_returned,amount_returned,last_bought";

    public static List<PurchaseRow> ReadExpected(TextReader csv) => Read(csv, ExpectedHeader);

    public static List<PurchaseRow> Read(TextReader csv) => Read(csv, Header);

    private static List<PurchaseRow> Read(TextReader csv, string header)
    {
        Assert.That(csv.ReadLine(), Is.EqualTo(header));
        var rows = new List<PurchaseRow>();
        while (csv.ReadLine()?.Split(',') is { } c)
        {
            rows.Add(new PurchaseRow(c[0], c[1], long.Parse(c[2]), long.Parse(c[3]), Money(c[4]), long.Parse(c[5]), Money(c[6]), c[7]));
        }
        return rows;
    }

    private static decimal Money(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
