using System.Diagnostics;
using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Start;

/// <summary>The time from the shop's start to its first answer, compared with an application that does nothing.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const double Target = 4;
    private const string Products = "/catalog/v1/products";

    public string Name => "start";

    public string Summary => "From the start of a process to its first answer; publishes first, which takes minutes.";

    public async Task<string> Run(int rounds)
    {
        var empty = await Publication.OneFile("benchmarks/ModularShop.EmptyWeb", "emptyweb");
        var published = await Publication.OneFile("Host", "modularshop");
        var built = Path.Combine(ResultsFile.Root, "Host", "bin", "Release", "net10.0", "modularshop");
        var scratch = Directory.CreateTempSubdirectory("modularshop-start-").FullName;
        try
        {
            var data = Path.Combine(scratch, "data");
            await Fill(published, data);
            ColdStart Existing(string executable) => Shop(executable, () => data, body => body.Span.IndexOf("\"sku\""u8) >= 0);
            ColdStart New(string executable) =>
                Shop(
                    executable,
                    () => Path.Combine(scratch, Guid.CreateVersion7().ToString()),
                    body => body.Span.IndexOf("\"items\":[]"u8) >= 0
                );
            (string Name, ColdStart Start)[] contenders =
            [
                ("empty application, one file", new ColdStart(empty, address => ["--urls", address], "/", body => !body.IsEmpty)),
                ("shop, one file, existing data", Existing(published)),
                ("shop, one file, no data yet", New(published)),
                ("shop, built, existing data", Existing(built)),
                ("shop, built, no data yet", New(built)),
            ];
            foreach (var (_, start) in contenders)
            {
                await start.Measure(); // Reads the files from the disk, and unpacks SQLite.
            }
            var figures = await Rounds.Alternate(
                rounds,
                [.. contenders.Select(contender => (contender.Name, (Func<Task<StartFigures>>)contender.Start.Measure))],
                f => FormattableString.Invariant($"{f.Milliseconds, 5:0} ms  {f.CpuMilliseconds, 5:0} ms CPU  {f.PeakMegabytes, 4:0} MB")
            );
            return Section([.. contenders.Select(contender => contender.Name)], figures, rounds, new FileInfo(published).Length);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static ColdStart Shop(string executable, Func<string> data, Func<ReadOnlyMemory<byte>, bool> isRight) =>
        new(executable, address => ["run", "--data", data(), "--urls", address], Products, isRight);

    private static async Task Fill(string executable, string data)
    {
        using var demo = Process.Start(executable, ["demo", "--data", data]);
        await demo.WaitForExitAsync();
        if (demo.ExitCode != 0)
        {
            throw new InvalidOperationException($"The demo ended with {demo.ExitCode}.");
        }
    }

    private static string Section(IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<StartFigures>> figures, int rounds, long size)
    {
        var peer = figures[0];
        var table = new MarkdownTable("started", "ms", "CPU ms", "peak memory MB");
        for (var contender = 0; contender < names.Count; contender++)
        {
            var own = figures[contender];
            FormattableString Cell(Func<StartFigures, double> figure) => $"{own.Median(figure):0} ({own.Ratio(peer, figure):0.0})";
            FormattableString name = $"{names[contender]}";
            table.Row(name, Cell(f => f.Milliseconds), Cell(f => f.CpuMilliseconds), Cell(f => f.PeakMegabytes));
        }
        var times = figures[1].Ratio(peer, f => f.Milliseconds);
        return new StringBuilder()
            .AppendLine("## Start-up")
            .AppendLine()
            .AppendLine("From the start of a process to its first successful answer: the first page of products, or the one page of an")
            .AppendLine("empty ASP.NET Core application. *One file*: published with the profile `one-file`, the peer too; *built*: the")
            .AppendLine("ordinary output of a Release build.")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"- {Machine.Describe()}")
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"- {rounds} rounds in alternation; medians; the files are in the cache of the operating system"
            )
            .AppendLine(CultureInfo.InvariantCulture, $"- in brackets: the ratio to the empty application of the same round, median")
            .AppendLine(CultureInfo.InvariantCulture, $"- the one file has {size / 1e6:0} MB")
            .AppendLine()
            .Append(table)
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"Target: existing data to the first page of products under {Target} times the empty application's time. {(times < Target ? "It holds" : "It does not hold")}: {times:0.0} times."
            )
            .ToString();
    }
}
