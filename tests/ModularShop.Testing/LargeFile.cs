using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace ModularShop.Testing;

/// <summary>
/// Creates a file of any size from the month of sales, which is repeated with later dates, higher invoice numbers and other customers.
/// </summary>
public static class LargeFile
{
    public const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

    /// <summary>The number of lines of the whole data set, of which the month is a part.</summary>
    public const int FullSize = 541_909;

    private const int InvoiceShift = 10_000;
    private const int CustomerShift = 10_000;
    private const int DayShift = 31;
    private const string DateFormat = "yyyy-MM-dd HH:mm:ss";

    /// <param name="month">The month of sales, compressed with gzip.</param>
    /// <param name="lines">The number of lines besides the header.</param>
    public static void Write(string path, string month, int lines)
    {
        using var csv = CsvWriter.ToFile(path);
        WriteRecord(csv, Header.Split(','));
        for (var copy = 0; lines > 0; copy++)
        {
            lines -= WriteMonth(csv, month, copy, lines);
        }
    }

    private static int WriteMonth(CsvWriter csv, string file, int copy, int lines)
    {
        using var month = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = CsvReader.Create(month, new CsvReaderOptions { Separator = ',' });
        var written = 0;
        while (written < lines && reader.Read())
        {
            var fields = Enumerable.Range(0, reader.FieldCount).Select(reader.GetString).ToArray();
            var prefix = fields[0].StartsWith('C') ? "C" : "";
            fields[0] = prefix + Shift(fields[0][prefix.Length..], copy * InvoiceShift);
            fields[4] = DateTime
                .ParseExact(fields[4], DateFormat, CultureInfo.InvariantCulture)
                .AddDays(copy * DayShift)
                .ToString(DateFormat, CultureInfo.InvariantCulture);
            fields[6] = fields[6].Length == 0 ? "" : Shift(fields[6], copy * CustomerShift);
            WriteRecord(csv, fields);
            written++;
        }
        return written;
    }

    private static string Shift(string number, int by) => $"{int.Parse(number, CultureInfo.InvariantCulture) + by}";

    private static void WriteRecord(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }
        csv.EndRecord();
    }
}
