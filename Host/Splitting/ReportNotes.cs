namespace ModularShop.Host.Splitting;

/// <summary>What the figures of a report say as a whole, how they were taken, and what is missing.</summary>
internal static class ReportNotes
{
    // Below it, a shop has room to grow in one process.
    private const double Busy = 0.5;

    public static IEnumerable<string> Of(SplitReport report) =>
        [Conclusion(report), .. report.Cycles.Select(cycle => Cycle(cycle, report)), .. Missing(report), .. Method(report)];

    private static string Conclusion(SplitReport report)
    {
        var asked = report.Processes.Where(process => process.Problem is null).ToList();
        if (report.IsAtRest)
        {
            return $"No request came and no event was published in {Figures.Text(report.Seconds)} s: nothing can be said about load. "
                + "Repeat this while the shop is busy. The totals are those since the start of each module, and of its whole log.";
        }
        if (asked.MaxBy(process => process.Cpu / process.Processors) is { } busiest && busiest.Cpu / busiest.Processors < Busy)
        {
            return $"Load is no reason to split now: {NameOf(busiest)} uses {Figures.Text(busiest.Cpu)} of {busiest.Processors} cores. "
                + "Split for isolation, another machine or another day of deployment only.";
        }
        return report.Advice.FirstOrDefault(advice => !advice.IsAlone && advice.Gain is not null) is not { } first
                ? "There is no module that could be moved out of a process that it shares."
            : first.Gain > 0
                ? $"By load, move {first.Module} first, to another machine: it takes {Figures.Text(first.Cpu)} cores along, and reading events "
                    + $"over HTTP takes {Figures.Text(first.EventsCpuAlone)} at most. Send its clients there directly."
            : "By load, no module is worth moving: reading events over HTTP would take more processor time than the module takes along.";
    }

    private static string Cycle(IReadOnlyList<string> cycle, SplitReport report)
    {
        var boundaries = report
            .Boundaries.Where(boundary => cycle.Contains(boundary.Source) && cycle.Contains(boundary.Subscriber))
            .Select(boundary => $"{boundary.Source} -> {boundary.Subscriber}");
        return $"{string.Join(", ", cycle)} listen to each other ({string.Join(", ", boundaries)}): if they are in different processes, an answer "
            + "crosses HTTP both ways. Move them together unless there is a reason not to.";
    }

    private static IEnumerable<string> Missing(SplitReport report)
    {
        foreach (var process in report.Processes.Where(process => process.Problem is not null))
        {
            yield return $"Not in the figures: {process.Problem}";
        }
        foreach (var module in report.Modules.Where(module => module.Problem is not null))
        {
            yield return $"The figures of {module.Name} are not known: {module.Problem}";
        }
        if (report.Measured.Problem is { } problem)
        {
            yield return $"What a further process and passing on requests cost was not measured: {problem}";
        }
    }

    private static IEnumerable<string> Method(SplitReport report)
    {
        if (report.Measured.Hop is { } hop)
        {
            yield return $"Measured on this machine, apart from the shop: passing a request on makes it "
                + $"{Figures.Text(hop.ExtraMicroseconds)} us longer ({Figures.Text(hop.DirectMicroseconds)} to "
                + $"{Figures.Text(hop.PassedMicroseconds)}) and takes {Figures.Text(hop.CpuMicroseconds)} us of processor time; a process without a "
                + $"module needs {Figures.Megabytes(hop.ProcessBytes)} MB.";
        }
        foreach (var cost in report.Measured.Events)
        {
            yield return $"Measured with the newest {cost.Events} events of {cost.Source}: an event over HTTP takes "
                + $"{Figures.Text(cost.MicrosecondsInBatches)} us of processor time in batches of 100, {Figures.Text(cost.MicrosecondsAlone)} alone, "
                + $"{Figures.Text(cost.MicrosecondsLocal)} in one process; {Figures.Text(cost.Bytes)} bytes, "
                + $"{Figures.Text(cost.CompressedBytes)} compressed.";
        }
        yield return "CPU is in cores kept busy. A module's is the processor time of its writer's thread, of its requests, and of reading "
            + "events for it. What is not attributed is the web server, the runtime, and what libraries do on other threads: the part "
            + "of the web server moves along with the requests. Of a module's memory in a shared "
            + "process, only its readers' page caches are known.";
    }

    private static string NameOf(ReportedProcess process) => process.Name is { } name ? $"process {name}" : "the process";
}
