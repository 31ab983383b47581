using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Raw;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Import;

/// <summary>The cost of importing a whole file.</summary>
/// <param name="Cpu">Seconds, of all processes.</param>
/// <param name="Peaks">MB, of each process.</param>
internal sealed record ImportFigures(int Lines, double Seconds, double Cpu, IReadOnlyList<double> Peaks, double Bytes)
{
    public double PerSecond => Lines / Seconds;

    public double Peak => Peaks.Max();
}

/// <summary>A file of the size of the whole data set, by the public command, until all read copies are filled.</summary>
internal sealed class ImportBenchmark : IBenchmark
{
    private const string LinesSetting = "BENCHMARK_IMPORT_LINES";
    private const double TargetSeconds = 120;
    private const double TargetPeak = 250;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(20);
    private static readonly string Month = Path.Combine(AppContext.BaseDirectory, "Import", "online-retail-2010-12.csv.gz");

    public string Name => "import";

    public string Summary => $"A file of 541,909 lines (or {LinesSetting}) by the public command and by hand; some 8 minutes.";

    public async Task<string> Run(int rounds)
    {
        var lines = Setting.Numbers(LinesSetting, LargeFile.FullSize)[0];
        var root = TestApplication.NewDirectory();
        try
        {
            var sales = Path.Combine(root, "sales.csv");
            LargeFile.Write(sales, Month, lines);
            var empty = Path.Combine(root, "empty");
            await RawFile.MakeEmpty(empty);
            var run = new ImportRun(sales, lines, root, empty, TimeLimit);
            string[] names = ["hosted by the command", "into a running shop", "by hand"];
            var figures = await Rounds.Alternate(
                rounds,
                [(names[0], run.Hosted), (names[1], run.IntoRunningShop), (names[2], run.ByHand)],
                figures => string.Create(CultureInfo.InvariantCulture, $"{figures.Seconds:0.0} s  {figures.PerSecond:0} lines/s")
            );
            return Section(names, figures, rounds, new FileInfo(sales).Length, lines);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Section(string[] names, IReadOnlyList<IReadOnlyList<ImportFigures>> figures, int rounds, long size, int lines)
    {
        var table = new MarkdownTable("import", "s", "lines/s", "time, by hand = 1", "CPU s", "peak MB of each process", "files MB");
        for (var i = 0; i < names.Length; i++)
        {
            var mine = figures[i];
            var peaks = Enumerable
                .Range(0, mine[0].Peaks.Count)
                .Select(process => mine.Median(f => f.Peaks[process]).ToString("0", CultureInfo.InvariantCulture));
            table.Row([
                $"{names[i]}",
                $"{mine.Median(f => f.Seconds):0.0}",
                $"{mine.Median(f => f.PerSecond):0}",
                $"{mine.Ratio(figures[2], f => f.Seconds):0.0}",
                $"{mine.Median(f => f.Cpu):0.0}",
                $"{string.Join(" + ", peaks)}",
                $"{mine.Median(f => f.Bytes) / 1e6:0}",
            ]);
        }
        var ours = figures.Take(2).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            ## Import

            A file of {lines} lines ({size / 1e6:0} MB), the month of *Online Retail* again and again, each time with later dates and
            other customers, imported by `modularshop import online-retail FILE --wait` until every subscriber has caught up.

            - {Machine.Describe()}
            - {rounds} rounds in alternation, new files each time; medians; a process's start and end are part of its time
            - *hosted by the command*: `--data DIR`; *into a running shop*: `--url`, the command first, then the shop
            - *by hand*: the same CSV reader, and prepared statements for the rows of all modules' files in transactions of about the
              same size, `synchronous=FULL`, one thread, the whole file in memory; no check of the file, no HTTP, nothing that can be
              repeated. The sums of all tables are compared with the shop's in each round

            {table}
            Under {TargetSeconds} s: {Holds(ours, f => f.Seconds, TargetSeconds)}. Under {TargetPeak} MB at peak in each process: {Holds(
                ours,
                f => f.Peak,
                TargetPeak
            )}.
            """
        );
    }

    private static string Holds(IReadOnlyList<IReadOnlyList<ImportFigures>> ours, Func<ImportFigures, double> figure, double limit) =>
        Setting.Holds(ours.All(rounds => rounds.Median(figure) < limit));
}
