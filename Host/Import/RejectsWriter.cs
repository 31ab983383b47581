using CsvHelper;

namespace ModularShop.Host.Import;

/// <summary>Writes the lines that an import skips, each with its number and the reason, in the format of the file.</summary>
internal sealed class RejectsWriter : IDisposable
{
    private static readonly CsvWriterOptions Options = CsvWriterOptions.Default with { NewLine = "\n" };

    private readonly CsvWriter csv;

    /// <param name="output">The stream to write to. It stays open.</param>
    public RejectsWriter(Stream output)
    {
        csv = CsvWriter.Create(output, Options, leaveOpen: true);
        Write(["line", "reason", .. RetailHeader.Columns]);
    }

    public void Write(RetailLine line, IEnumerable<string> fields) => Write([$"{line.Number}", line.Kind.Name(), .. fields]);

    public void Dispose() => csv.Dispose();

    private void Write(IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }
        csv.EndRecord();
    }
}
