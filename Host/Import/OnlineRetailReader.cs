using System.Buffers;
using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace ModularShop.Host.Import;

/// <summary>
/// Reads a file line by line, strictly: UTF-8, the header, the number of columns, the quotes. A line number is that of
/// the file, line breaks within quotes included; blank lines count and are passed over.
/// </summary>
internal sealed class OnlineRetailReader : IDisposable
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ];

    // A quote that is never closed must not fill the memory.
    private const int MaxLineBytes = 64 * 1024;

    private readonly CsvReader csv;
    private (long Line, CsvMalformedReason Reason)? badQuotes;

    /// <param name="open">Opens the file from its beginning.</param>
    /// <exception cref="UnreadableFileException">It is another encoding, or does not begin with the header.</exception>
    public OnlineRetailReader(Func<Stream> open)
    {
        Guarded(() => RefuseWideCharacters(open));
        csv = CsvReader.Create(
            open(),
            new CsvReaderOptions
            {
                Separator = ',',
                HasHeader = false,
                TrackLineNumbers = true,
                MaxRecordSize = MaxLineBytes,
                OnMalformedRecord = record => badQuotes = (record.LineNumber, record.Reason),
            },
            leaveOpen: false
        );
        if (!Next() || !Utf8.IsValid(csv.RawRecord) || !Fields().SequenceEqual(Columns))
        {
            csv.Dispose();
            throw new UnreadableFileException(1, $"the header is not {string.Join(',', Columns)}.");
        }
    }

    /// <summary>The last line that was read whole.</summary>
    public long LastLine { get; private set; }

    /// <summary>The next line; null at the end.</summary>
    /// <exception cref="MalformedLineException">The line is wrong; go on with the one behind it.</exception>
    /// <exception cref="UnreadableFileException">Nothing can be read any more.</exception>
    public RetailLine? Read()
    {
        if (!Next())
        {
            return null;
        }
        RefuseOtherEncoding();
        if (badQuotes is { } bad && bad.Line == csv.LineNumber)
        {
            throw new MalformedLineException(csv.LineNumber, Describe(bad.Reason));
        }
        return csv.FieldCount == Columns.Count
            ? RetailLineFields.Parse(csv.LineNumber, Fields())
            : throw new MalformedLineException(csv.LineNumber, $"it has {csv.FieldCount} columns, not {Columns.Count}.");
    }

    /// <summary>The columns of the line that was read last, as they are in the file.</summary>
    public string[] Fields()
    {
        var fields = new string[csv.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = csv.GetString(i);
        }
        return fields;
    }

    public void Dispose() => csv.Dispose();

    private bool Next()
    {
        if (!Guarded(csv.Read))
        {
            return false;
        }
        LastLine = csv.LineNumber + csv.RawRecord.Count((byte)'\n');
        return true;
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException)
        {
            throw new UnreadableFileException(
                LastLine + 1,
                $"the gzip data is cut off or damaged; it could be read up to line {LastLine}, and nothing of it is imported."
            );
        }
        catch (CsvFormatException e)
        {
            throw new UnreadableFileException(e.LineNumber, $"no end of it within {MaxLineBytes} bytes; is a quote not closed?");
        }
    }

    private void RefuseOtherEncoding()
    {
        var bytes = csv.RawRecord;
        if (Utf8.IsValid(bytes))
        {
            return;
        }
        var line = csv.LineNumber;
        while (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
        {
            line += rune.Value == '\n' ? 1 : 0;
            bytes = bytes[length..];
        }
        throw new MalformedLineException(line, $"it is not UTF-8 (byte {bytes[0]:X2}). Convert the file from its encoding first.");
    }

    // The CSV reader would take these in without a word, and only with their mark.
    private static bool RefuseWideCharacters(Func<Stream> open)
    {
        using var stream = open();
        Span<byte> mark = stackalloc byte[2];
        stream.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        return mark is [0xFF, 0xFE] or [0xFE, 0xFF]
            ? throw new UnreadableFileException(1, "it is not UTF-8 but UTF-16. Convert the file from its encoding first.")
            : true;
    }

    private static string Describe(CsvMalformedReason reason) =>
        reason switch
        {
            CsvMalformedReason.StrayQuote => "a quote stands within a column that does not begin with one.",
            CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote.",
            CsvMalformedReason.UnterminatedQuote => "a quote is not closed.",
            _ => $"its quotes are wrong ({reason}).",
        };
}
