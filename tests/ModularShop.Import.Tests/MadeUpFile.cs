using System.IO.Compression;
using System.Text;
using ModularShop.Host.Import;

namespace ModularShop.Import.Tests;

/// <summary>A small file on disk, and the result of its check.</summary>
internal sealed class MadeUpFile : IDisposable
{
    public const string Header = LargeFile.Header;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("modularshop-test-");

    public MadeUpFile(byte[] bytes, string name = "file.csv")
    {
        Path = System.IO.Path.Combine(directory.FullName, name);
        File.WriteAllBytes(Path, bytes);
    }

    public string Path { get; }

    /// <summary>A file with a header and these lines.</summary>
    public static MadeUpFile Of(params string[] lines) => new(Bytes(lines));

    public static byte[] Bytes(params string[] lines) =>
        Encoding.UTF8.GetBytes(string.Concat(new[] { Header }.Concat(lines).Select(l => $"{l}\n")));

    public static byte[] Gzip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }
        return zipped.ToArray();
    }

    /// <summary>A valid line, except for what a test changes.</summary>
    public static string Line(
        string invoice = "536365",
        string stockCode = "85123A",
        string description = "WHITE HANGING HEART",
        string quantity = "6",
        string date = "2010-12-01 08:26:00",
        string price = "2.55",
        string customer = "17850",
        string country = "United Kingdom"
    ) => $"{invoice},{stockCode},{description},{quantity},{date},{price},{customer},{country}";

    public ImportPlan Check(RejectsWriter? rejects = null, RetailFormat? format = null) =>
        FileCheck.Run(OnlineRetailFile.Open(Path, format), rejects, _ => { }, CancellationToken.None);

    /// <summary>The reasons why the file is refused, one line for each problem.</summary>
    public IReadOnlyList<string> Problems(RetailFormat? format = null) =>
        [.. Assert.Throws<FileRefusedException>(() => Check(format: format))!.Problems.Select(problem => problem.ToString())];

    public void Dispose() => directory.Delete(recursive: true);
}
