using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Bulkheads;

/// <summary>The effect of a failing module on the healthy modules of its process.</summary>
internal sealed class BulkheadBenchmark : IBenchmark
{
    public string Name => "bulkheads";

    public string Summary => "How one module that blocks, throws, leaks or is slow affects the others; about 2 minutes.";

    public async Task<string> Run(int rounds)
    {
        await new Round(Fault.All[0]()).Run(); // Compiles the code that is compiled at first use.
        var names = Fault.All.Select(make => make().Name).ToList();
        var figures = await Rounds.Alternate(
            rounds,
            [.. Fault.All.Select(make => (make().Name, (Func<Task<Figures>>)(() => new Round(make()).Run())))],
            figures => Text($"{figures.Commands, 6:0} commands/s  {figures.Events, 6:0} events/s")
        );
        return Section(names, figures, rounds);
    }

    private static string Section(List<string> names, IReadOnlyList<IReadOnlyList<Figures>> figures, int rounds)
    {
        var section = new StringBuilder()
            .AppendLine("## Bulkheads")
            .AppendLine()
            .AppendLine("One process: a publisher, two healthy subscribers and an ill one, whose fault strikes in each of its reactions,")
            .AppendLine("commands and queries. Measured are the healthy three; the ill one has as much load in each run.")
            .AppendLine()
            .AppendLine(Text($"- {Machine.Describe()}"))
            .AppendLine(
                Text(
                    $"- {rounds} rounds in alternation, {Round.Measured.TotalSeconds} s each after {Round.WarmUp.TotalSeconds} s of warm-up, new files each time; medians"
                )
            )
            .AppendLine(
                Text(
                    $"- HTTP over loopback: {Round.Clients} clients send commands to each healthy module, one after the other without a pause; "
                ) + Text($"{Round.ClientsOfIll} trouble the ill one, with pauses of 100 ms")
            )
            .AppendLine("- *applied*: from the commit of an event in the publisher's file to the commit in the subscriber's")
            .AppendLine("- in brackets: the ratio to the run without the fault of the same round, median")
            .AppendLine("- the heap's peak is that of the whole process, so it holds what was leaked and what is garbage")
            .AppendLine()
            .AppendLine("| the ill module | commands/s | p50 ms | p99 ms | events/s | applied p99 ms | heap peak MB | resident peak MB |")
            .AppendLine("|---|---|---|---|---|---|---|---|");
        for (var variant = 0; variant < names.Count; variant++)
        {
            string Cell(Func<Figures, double> figure, string format) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{figures[variant].Median(figure).ToString(format, CultureInfo.InvariantCulture)} "
                        + $"({figures[variant].Ratio(figures[0], figure):0.00})"
                );
            section.AppendLine(
                $"| {names[variant]} | {Cell(f => f.Commands, "0")} | {Cell(f => f.CommandP50, "0.0")} | {Cell(f => f.CommandP99, "0.0")} "
                    + $"| {Cell(f => f.Events, "0")} | {Cell(f => f.EventP99, "0.0")} | {Cell(f => f.PeakHeap, "0")} | {Cell(f => f.PeakResident, "0")} |"
            );
        }
        return section
            .AppendLine()
            .AppendLine("What modules share is the process: its cores, its disk and its memory. A module that computes for long takes a")
            .AppendLine("share of the cores, and what a module's own code leaks nobody bounds but the limit of the whole process.")
            .ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
