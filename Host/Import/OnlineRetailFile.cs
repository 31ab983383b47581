using System.IO.Compression;

namespace ModularShop.Host.Import;

/// <summary>A file in the form of the UCI data set Online Retail, plain or gzip, that can be read repeatedly.</summary>
internal sealed class OnlineRetailFile
{
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";
    private const byte Magic1 = 0x1F;
    private const byte Magic2 = 0x8B;

    private readonly string path;
    private readonly bool isGzip;
    private readonly RetailFormat format;

    private OnlineRetailFile(string path, bool isGzip, long length, RetailFormat format)
    {
        this.path = path;
        this.isGzip = isGzip;
        this.format = format;
        Length = length;
    }

    /// <summary>The size of the file on disk in bytes.</summary>
    public long Length { get; }

    /// <param name="format">Null for UTF-8, with the order of days and months taken from the dates themselves.</param>
    /// <exception cref="FileRefusedException">The file cannot be opened, or its content does not match its name.</exception>
    public static OnlineRetailFile Open(string path, RetailFormat? format = null)
    {
        using var file = OpenStream(path);
        var isGzip = file.ReadByte() == Magic1 && file.ReadByte() == Magic2;
        if (!isGzip && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused("this is not gzip data, although the name ends in .gz.");
        }
        return new OnlineRetailFile(path, isGzip, file.Length, format ?? new RetailFormat());
    }

    /// <summary>Reads the file from its beginning.</summary>
    /// <param name="dates">The order of days and months, if an earlier reading has found it.</param>
    /// <exception cref="UnreadableFileException">The file has another encoding or kind, or does not begin with the header.</exception>
    public OnlineRetailReader Read(DateEvidence? dates = null) =>
        new(
            Contents,
            format.Encoding,
            new RetailDates(format.Dates is { } order ? new DateEvidence(order, Line: null) : dates, format.Clock)
        );

    private Stream Contents()
    {
        var file = OpenStream(path);
        return isGzip ? Decompress(file) : file;
    }

    // Without this switch of the process, a truncated gzip file looks like a complete one.
    private static GZipStream Decompress(Stream file) =>
        AppContext.TryGetSwitch(StrictValidation, out var isStrict) && isStrict
            ? new GZipStream(file, CompressionMode.Decompress)
            : throw new InvalidOperationException($"The runtime option {StrictValidation} has to be true.");

    private static FileStream OpenStream(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.CanSeek)
            {
                return file;
            }
            file.Dispose();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refused("there is no such file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused($"the file cannot be read. {e.Message}");
        }
        throw Refused("this is no file but a stream, and it is read twice; save it first.");
    }

    private static FileRefusedException Refused(string message) => new([new FileProblem(null, message)]);
}
