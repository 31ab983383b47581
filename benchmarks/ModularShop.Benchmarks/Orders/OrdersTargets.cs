using System.Globalization;
using System.Text;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Orders;

/// <summary>The targets, and how far they were reached.</summary>
internal sealed class OrdersTargets(
    IReadOnlyList<string> names,
    IReadOnlyList<IReadOnlyList<LifeFigures>> figures,
    PlacingFigures steady,
    double steadyPeak
)
{
    private readonly StringBuilder list = new();

    public override string ToString()
    {
        var (ours, naive, raw) = (Of(OrderTaker.Ours), Of(OrderTaker.Naive), Of(OrderTaker.Raw));
        IReadOnlyList<LifeFigures>[] wolverine = [Of(OrderTaker.Wolverine), Of(OrderTaker.PatientWolverine)];
        list.Clear().AppendLine("Targets; of Wolverine's two settings the better one counts, for each:").AppendLine();
        foreach (var clients in (int[])[32, 256])
        {
            var index = Life.Clients.ToList().IndexOf(clients);
            AtLeast(
                $"acknowledged at {clients} clients, to Wolverine",
                wolverine.Min(peer => ours.Ratio(peer, life => life.Placing[index].Acknowledged)),
                10
            );
            AtLeast($"acknowledged at {clients} clients, to naive", ours.Ratio(naive, life => life.Placing[index].Acknowledged), 10);
            AtLeast($"acknowledged at {clients} clients, to raw", ours.Ratio(raw, life => life.Placing[index].Acknowledged), 0.5);
        }
        var at32 = Life.Clients.ToList().IndexOf(32);
        Under("p99 at 32 clients, to Wolverine", wolverine.Max(peer => ours.Ratio(peer, life => life.Placing[at32].P99)), 0.5, "");
        Under("p99 at 32 clients, to naive", ours.Ratio(naive, life => life.Placing[at32].P99), 0.5, "");
        Under("the slowest operation of a minute", steady.Max, 1000, " ms");
        var fastest = Life.Paces.Count - 1;
        Under($"visible at {Life.Paces[fastest]}/s, p50", ours.Median(life => life.Visible[fastest].P50), 5, " ms");
        Under($"visible at {Life.Paces[fastest]}/s, p99", ours.Median(life => life.Visible[fastest].P99), 25, " ms");
        for (var i = 0; i < Life.Paces.Count; i++)
        {
            var index = i;
            AtLeast($"naive's p50 of visible at {Life.Paces[i]}/s, to ours", naive.Ratio(ours, life => life.Visible[index].P50), 20);
        }
        Under("peak memory, the greatest of all rounds", ours.Max(life => life.PeakMegabytes), 250, " MB");
        Under("peak memory, the minute", steadyPeak, 250, " MB");
        return list.ToString();
    }

    private IReadOnlyList<LifeFigures> Of(OrderTaker taker) => figures[names.ToList().IndexOf(taker.Name)];

    private void AtLeast(string what, double value, double target) =>
        Add(what, value >= target, $"{value:0.00}", $"at least {target}", value / target);

    private void Under(string what, double value, double target, string unit) =>
        Add(what, value < target, $"{value:0.00}{unit}", $"under {target}{unit}", target / value);

    private void Add(string what, bool holds, FormattableString value, FormattableString target, double margin) =>
        list.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {what}: {value.ToString(CultureInfo.InvariantCulture)}, {target.ToString(CultureInfo.InvariantCulture)}: holds: {(holds ? "yes" : "**no**")}, by a factor of {margin:0.00}"
        );
}
