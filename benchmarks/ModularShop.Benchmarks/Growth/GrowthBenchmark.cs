using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Raw;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Growth;

/// <summary>The cost of operations in a small shop, and in one that is a hundred times as large.</summary>
internal sealed class GrowthBenchmark : IBenchmark
{
    private const string SizesSetting = "BENCHMARK_GROWTH_SIZES";

    // Longer operations vary little, so one measurement is enough.
    private static readonly TimeSpan LongPhase = TimeSpan.FromSeconds(30);

    public string Name => "growth";

    public string Summary => $"10,000, 100,000 and 1,000,000 orders (or {SizesSetting}): what each costs; some 15 minutes and 8 GB.";

    public async Task<string> Run(int rounds)
    {
        var sizes = Setting.Numbers(SizesSetting, 10_000, 100_000, 1_000_000);
        var root = TestApplication.NewDirectory();
        try
        {
            var empty = Path.Combine(root, "empty");
            await RawFile.MakeEmpty(empty);
            var shops = new List<(GrowingShop Shop, Figures Figures)>();
            foreach (var size in sizes)
            {
                var (shop, figures) = (new GrowingShop(size, Path.Combine(root, $"{size}")), new Figures());
                await shop.Fill(figures);
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"{size} orders are in after {figures["import of an order" + Figures.Wall] * size / 1e6:0.0} s"
                    )
                );
                shops.Add((shop, figures));
            }
            await Rounds.Alternate(
                rounds,
                [
                    .. shops.Select(each =>
                        ($"{each.Shop.Data.Orders} orders", (Func<Task<Figures>>)(() => Round(each.Shop, each.Figures, empty)))
                    ),
                ],
                Say
            );
            return new GrowthSection(sizes, [.. shops.Select(each => each.Figures)], rounds).ToString();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<Figures> Round(GrowingShop shop, Figures figures, string empty)
    {
        if (!IsLong(figures, shop))
        {
            await new ReadCopyPhases(shop, empty, figures).Run();
        }
        if (!figures.Names.Contains(GrowthSection.Bytes))
        {
            figures.Add(GrowthSection.Bytes, DataFiles.Size(shop.Directory) / (double)shop.Data.Orders);
            figures.Add(GrowthSection.BytesOfHistory, DataFiles.Size(shop.Directory, "purchase-history") / (double)shop.Data.Orders);
        }
        await new ServingPhases(shop, figures).Run();
        return figures;
    }

    private static bool IsLong(Figures figures, GrowingShop shop) =>
        figures.Names.Contains(ReadCopyPhases.CatchUp + Figures.Wall)
        && TimeSpan.FromMicroseconds(figures[ReadCopyPhases.CatchUp + Figures.Wall] * shop.Data.Orders) > LongPhase;

    private static string Say(Figures figures) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{1e6 / figures[ReadCopyPhases.CatchUp + Figures.Wall]:0} events/s of catch-up, {1e6 / figures[ServingPhases.Placing + Figures.Wall]:0} orders/s placed"
        );
}
