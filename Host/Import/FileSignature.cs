using System.Text;

namespace ModularShop.Host.Import;

/// <summary>Recognizes, by their first bytes, files that are often mistaken for CSV in UTF-8.</summary>
internal static class FileSignature
{
    /// <summary>The number of bytes that are examined.</summary>
    public const int Length = 512;

    private const string OfficeOpenXml = "[Content_Types].xml";
    private const string Convert = "Convert the file to UTF-8 first.";

    private static readonly (byte[] Start, string Problem)[] Known =
    [
        ([0xD0, 0xCF, 0x11, 0xE0], "it is an Excel workbook (.xls). Save the sheet as CSV UTF-8."),
        ([0x1F, 0x8B], "it is gzip within gzip. Decompress it once."),
        ([.. "BZh"u8], "it is compressed with bzip2. Decompress it first."),
        ([0xFD, .. "7zXZ"u8], "it is compressed with xz. Decompress it first."),
        ([0x28, 0xB5, 0x2F, 0xFD], "it is compressed with zstd. Decompress it first."),
        ([0x37, 0x7A, 0xBC, 0xAF], "it is a 7z archive. Unpack it first."),
        ([.. "Rar!"u8], "it is a RAR archive. Unpack it first."),
        ([.. "%PDF"u8], "it is a PDF document."),
        ([.. "PAR1"u8], "it is a Parquet file. Save it as CSV."),
        ([.. "SQLite format 3"u8], "it is an SQLite database. Export the table as CSV."),
        ([0xFF, 0xFE, 0, 0], $"it is not UTF-8 but UTF-32. {Convert}"),
        ([0, 0, 0xFE, 0xFF], $"it is not UTF-8 but UTF-32. {Convert}"),
        ([0xFF, 0xFE], $"it is not UTF-8 but UTF-16. {Convert}"),
        ([0xFE, 0xFF], $"it is not UTF-8 but UTF-16. {Convert}"),
    ];

    /// <summary>What the file is instead; null when it may be CSV.</summary>
    public static string? Problem(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return "the file is empty.";
        }
        if (start.StartsWith("PK"u8) && start.Length > 3 && start[2] < 9)
        {
            return
                start.IndexOf(Encoding.ASCII.GetBytes(OfficeOpenXml)) >= 0 || start.IndexOf("xl/"u8) >= 0 || start.IndexOf("_rels/"u8) >= 0
                ? "it is an Excel workbook (.xlsx). Save the sheet as CSV UTF-8."
                : "it is a zip archive, or a workbook of a spreadsheet program. Unpack it, or save the sheet as CSV UTF-8.";
        }
        foreach (var (signature, problem) in Known)
        {
            if (start.StartsWith(signature))
            {
                return problem;
            }
        }
        if (start.Contains((byte)0))
        {
            return $"it is not UTF-8: it has zero bytes, as UTF-16 has. {Convert}";
        }
        var text = Encoding.Latin1.GetString(start).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        return text.StartsWith('<') ? "it is HTML or XML, such as the page of a download that needs a sign-in."
            : text.StartsWith('{') || text.StartsWith('[') ? "it is JSON."
            : null;
    }
}
