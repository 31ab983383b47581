using System.Globalization;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Growth;

/// <summary>The results, with one column for each size.</summary>
internal sealed class GrowthSection(IReadOnlyList<int> sizes, IReadOnlyList<Figures> figures, int rounds)
{
    public const string Bytes = "bytes on disk an order";
    public const string BytesOfHistory = "of these in the purchase history";

    private const double Flat = 1.5;
    private const double TargetPerSecond = 20_000;
    private const double TargetOfSmaller = 0.8;
    private const double TargetPeak = 250;

    private Figures Largest => figures[^1];

    private string Sizes => string.Join(", ", sizes.Select(Size));

    private bool IsFast => figures.All(f => CatchUp(f) >= TargetPerSecond);

    private bool StaysFast => figures.All(f => CatchUp(Largest) >= TargetOfSmaller * CatchUp(f));

    private bool IsSmall => figures.All(f => f.Names.Where(IsPeak).All(name => f[name] < TargetPeak));

    private List<string> Names => [.. figures[0].Names.Order(Comparer<string>.Create(ByKind))];

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            ## Growth

            Shops of {Sizes} orders of {ShopData.LinesPerOrder} lines, a customer for 20 orders, 4,000 products of which few sell much. The
            orders came in through `POST /orders/v1/order-imports`, before PurchaseHistory was there.

            - {Machine.Describe()}
            - {rounds} rounds in alternation, medians; what takes longer than 30 s is done once. The orders are put in once
            - each phase has processes of its own: PurchaseHistory as a new module, its rebuild, the same by hand, the shop as visitors have it
            - *by hand*: the logs read and the same rows written with prepared statements, `synchronous=FULL`, one thread; the sums of all its
              tables are compared with the shop's in each round
            - pages are of 50, asked for by one client; orders are placed by {ServingPhases.Clients} clients, {ServingPhases.Placed} after {ServingPhases.WarmUp} to warm up in each round, which stay in the shop
            - *peak* is the resident size of the process from its start to the end of that phase

            {Table()}
            Flat within {Flat}x from the smallest to the largest is all but: {NotFlat()}.

            {Rates()}
            Catch-up of at least {TargetPerSecond:0} events/s at each size: {Setting.Holds(IsFast)}.
            At the largest size at least {TargetOfSmaller} of the rate at each smaller one: {Setting.Holds(StaysFast)}.
            Under {TargetPeak} MB at peak in every phase: {Setting.Holds(IsSmall)}.
            """
        );

    private MarkdownTable Table()
    {
        var table = new MarkdownTable([
            "orders",
            .. sizes.Select(Size),
            "largest / smallest",
            $"flat within {Flat.ToString(CultureInfo.InvariantCulture)}x",
        ]);
        foreach (var name in Names)
        {
            table.Row([
                $"{name}",
                .. figures.Select(f => Cell(f[name])),
                $"{Growth(name):0.00}",
                $"{(Growth(name) <= Flat ? "yes" : "**no**")}",
            ]);
        }
        return table;
    }

    private MarkdownTable Rates()
    {
        var table = new MarkdownTable(["PurchaseHistory, events/s", .. sizes.Select(Size), "largest / smallest"]);
        foreach (var what in (string[])[ReadCopyPhases.CatchUp, ReadCopyPhases.Rebuild, ReadCopyPhases.ByHand])
        {
            table.Row([
                $"{what.Split(',')[0]}",
                .. figures.Select(f => (FormattableString)$"{PerSecond(f, what):0}"),
                $"{PerSecond(Largest, what) / PerSecond(figures[0], what):0.00}",
            ]);
        }
        table.Row([
            $"catch-up / by hand",
            .. figures.Select(f => (FormattableString)$"{CatchUp(f) / PerSecond(f, ReadCopyPhases.ByHand):0.00}"),
            $"",
        ]);
        return table;
    }

    private string NotFlat() =>
        string.Join(
            "; ",
            Names
                .Where(name => !(Growth(name) <= Flat))
                .Select(name => $"{name} ({Growth(name).ToString("0.0", CultureInfo.InvariantCulture)})")
        )
            is { Length: > 0 } names
            ? names
            : "nothing";

    private double Growth(string name) => Largest[name] / figures[0][name];

    private static double CatchUp(Figures figures) => PerSecond(figures, ReadCopyPhases.CatchUp);

    private static double PerSecond(Figures figures, string what) => 1e6 / figures[what + Figures.Wall];

    private static bool IsPeak(string name) => name.StartsWith(Figures.Memory, StringComparison.Ordinal);

    // Memory and bytes stand last.
    private static int ByKind(string left, string right) => Kind(left) - Kind(right);

    private static int Kind(string name) =>
        IsPeak(name) ? 1
        : name is Bytes or BytesOfHistory ? 2
        : 0;

    private static FormattableString Cell(double value) => $"{value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture)}";

    private static string Size(int orders) => orders.ToString("N0", CultureInfo.InvariantCulture);
}
