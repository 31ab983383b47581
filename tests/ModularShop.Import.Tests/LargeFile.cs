using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace ModularShop.Import.Tests;

/// <summary>
/// Makes a file of any size of the month: the month again and again, each time with later dates, higher invoice numbers
/// and other customers.
/// </summary>
internal static class LargeFile
{
    /// <summary>The lines of the whole data set, of which the month is a part.</summary>
    public const int FullSize = 541_909;

    private const int InvoiceShift = 10_000;
    private const int CustomerShift = 10_000;
    private const int DayShift = 31;
    private const string DateFormat = "yyyy-MM-dd HH:mm:ss";

    /// <param name="lines">Beside the header.</param>
    public static void Write(string path, int lines)
    {
        using var csv = CsvWriter.ToFile(path);
        WriteRecord(csv, MadeUpFile.Header.Split(','));
        for (var copy = 0; lines > 0; copy++)
        {
            lines -= WriteMonth(csv, copy, lines);
        }
    }

    private static int WriteMonth(CsvWriter csv, int copy, int lines)
    {
        using var month = new GZipStream(File.OpenRead(Month.File), CompressionMode.Decompress);
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
