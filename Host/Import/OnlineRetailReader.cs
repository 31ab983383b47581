using System.Text;
using CsvHelper;

namespace ModularShop.Host.Import;

/// <summary>
/// Reads a file line by line and strictly: its encoding, header, number of columns and quotes. Line numbers are those of the file,
/// including line breaks within quotes. Blank lines are counted and skipped.
/// </summary>
internal sealed class OnlineRetailReader : IDisposable
{
    // Limits the memory that an unclosed quote can use.
    private const int MaxLineBytes = 64 * 1024;

    private readonly CsvReader csv;
    private readonly TextEncoding encoding;
    private readonly EncodingCheck decoded;
    private readonly int[] places;
    private (long Line, CsvMalformedReason Reason)? badQuotes;

    /// <param name="open">Opens the file from its beginning.</param>
    /// <exception cref="UnreadableFileException">The file has another encoding or kind, or does not begin with the header.</exception>
    public OnlineRetailReader(Func<Stream> open, TextEncoding encoding, RetailDates dates)
    {
        this.encoding = encoding;
        decoded = new EncodingCheck(encoding);
        Dates = dates;
        Guarded(() => RefuseOtherFiles(open));
        csv = CsvReader.Create(
            open(),
            new CsvReaderOptions
            {
                Separator = ',',
                HasHeader = false,
                TrackLineNumbers = true,
                MaxRecordSize = MaxLineBytes,
                Encoding = encoding.Encoding,
                OnMalformedRecord = record => badQuotes = (record.LineNumber, record.Reason),
            },
            leaveOpen: false
        );
        try
        {
            places = ReadHeader();
        }
        catch
        {
            csv.Dispose();
            throw;
        }
    }

    /// <summary>What the dates read so far show about the order of days and months.</summary>
    public RetailDates Dates { get; }

    /// <summary>The last line that was read completely.</summary>
    public long LastLine { get; private set; }

    /// <summary>Why the file as a whole probably has another encoding; null when it does not.</summary>
    public FileProblem? WrongEncoding => decoded.Wrong;

    /// <summary>Reads the next line; null at the end.</summary>
    /// <exception cref="MalformedLineException">The line is malformed. The next line can be read.</exception>
    /// <exception cref="UnreadableFileException">Nothing more can be read.</exception>
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
        return csv.FieldCount == places.Length
            ? RetailLineFields.Parse(csv.LineNumber, Fields(), Dates)
            : throw new MalformedLineException(csv.LineNumber, $"it has {csv.FieldCount} columns, not {places.Length}.");
    }

    /// <summary>The columns of the last line as they are in the file, in the order of <see cref="RetailHeader.Columns"/>.</summary>
    public string[] Fields() => Array.ConvertAll(places, csv.GetString);

    public void Dispose() => csv.Dispose();

    private int[] ReadHeader()
    {
        if (!Next())
        {
            throw new UnreadableFileException(1, "the file has blank lines only.");
        }
        try
        {
            RefuseOtherEncoding();
        }
        catch (MalformedLineException e)
        {
            throw new UnreadableFileException(e.Problem);
        }
        return RetailHeader.Read(csv.LineNumber, [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)]);
    }

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
        if (decoded.Problem(csv.RawRecord, csv.LineNumber) is { } problem)
        {
            throw new MalformedLineException(problem);
        }
    }

    // The CSV reader would accept UTF-16 silently, and only with a byte order mark.
    private bool RefuseOtherFiles(Func<Stream> open)
    {
        using var stream = open();
        Span<byte> start = stackalloc byte[FileSignature.Length];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var problem =
            FileSignature.Problem(start)
            ?? (
                encoding.Encoding is not null && start.StartsWith(Encoding.UTF8.Preamble)
                    ? "its mark says that it is UTF-8; leave out --encoding."
                    : null
            );
        return problem is null ? true : throw new UnreadableFileException(1, problem);
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
