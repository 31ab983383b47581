namespace ModularShop.Host.Splitting;

/// <summary>Puts what a split brings and costs into words: one line for each module.</summary>
internal static class AdviceText
{
    private const double Noticed = 0.0005;

    public static string Of(Advice advice) =>
        advice.IsAlone
            ? $"{advice.Module}: has a process of its own. It costs now: {Costs(advice)}."
            : $"{advice.Module}: {Brings(advice)} Costs: {Memory(advice)}; {Costs(advice)}.";

    private static string Brings(Advice advice) =>
        $"{Cpu(advice)}; no longer down together with {string.Join(", ", advice.NoLongerDownWith)}.";

    private static string Cpu(Advice advice) =>
        advice.Cpu is not { } cpu ? "how much processor time it takes along is not known"
        : cpu < Noticed ? "takes no processor time along, as it was at rest"
        : $"takes {Figures.Text(cpu)} cores along"
            + (advice.CpuShare is { } share ? $", {Figures.Percent(share)} % of what its process uses" : "");

    private static string Memory(Advice advice) =>
        advice.ProcessBytes is { } bytes
            ? $"a process, of {Figures.Megabytes(bytes)} MB without its module"
            : "a process, whose memory was not measured";

    private static string Costs(Advice advice) => $"{Events(advice)}; {Requests(advice)}";

    private static string Events(Advice advice) =>
        advice.EventsPerSecond is not { } events ? "how many events cross HTTP is not known"
        : events == 0 ? "no event crossed the boundary while it was observed"
        : $"{Figures.Text(events)} events/s over HTTP, {Figures.Kilobytes(advice.BytesPerSecond)} KB/s "
            + $"({Figures.Kilobytes(advice.CompressedBytesPerSecond)} between machines), "
            + $"{Figures.Text(advice.EventsCpuInBatches)} to {Figures.Text(advice.EventsCpuAlone)} cores";

    private static string Requests(Advice advice) =>
        advice.RequestsPerSecond is not { } requests ? "how many requests it gets is not known"
        : requests == 0 ? "no request came while it was observed"
        : $"{Figures.Text(requests)} requests/s; if another process passes them on, each takes {Figures.Text(advice.RequestExtraMicroseconds)} us longer, and "
            + $"{Figures.Text(advice.RequestsCpu)} cores";
}
