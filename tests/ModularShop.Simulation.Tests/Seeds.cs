using System.Globalization;
using System.Runtime.CompilerServices;

namespace ModularShop.Simulation.Tests;

/// <summary>The seeds to play: those that have failed before, then as many others as the run requests.</summary>
internal static class Seeds
{
    private const int Default = 1000;

    public static IEnumerable<int> ToPlay()
    {
        var first = TestContext.Parameters.Get("seed", 1);
        return Kept().Concat(Enumerable.Range(first, TestContext.Parameters.Get("seeds", Default))).Distinct();
    }

    /// <summary>Records a seed that failed, so that later runs play it first.</summary>
    public static void Keep(int seed)
    {
        if (!Kept().Contains(seed))
        {
            File.AppendAllLines(KeptFile(), [seed.ToString(CultureInfo.InvariantCulture)]);
        }
    }

    private static IReadOnlyList<int> Kept() =>
        [.. File.ReadLines(KeptFile()).Where(line => !line.StartsWith('#')).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    private static string KeptFile([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "failed-seeds.txt");
}
