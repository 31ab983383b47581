using System.Globalization;

namespace ModularShop.SystemTests;

/// <summary>The duration of tests that can run for any time: <c>tests/soak</c> sets it; by default it is short.</summary>
internal static class Soak
{
    /// <summary>Whether <c>tests/soak</c> runs the test.</summary>
    public static bool IsOn => TestContext.Parameters.Count > 0;

    /// <summary>The first of the seeds.</summary>
    public static int Seed => Parameter("seed", 1);

    /// <summary>As many seeds as are needed to kill this number of processes.</summary>
    public static IEnumerable<int> Seeds(int killsOfEach, int kills) =>
        Enumerable.Range(Seed, (Parameter("kills", kills) + killsOfEach - 1) / killsOfEach);

    /// <summary>The letter of the only topology to test; null for the default ones.</summary>
    public static string? Topology => TestContext.Parameters.Get("topology");

    public static int Moves(int otherwise) => Parameter("moves", otherwise);

    /// <summary>Prints progress at once, which the test runner would hold back until the end.</summary>
    public static void Say(string line)
    {
        if (IsOn)
        {
            using var output = new StreamWriter(Console.OpenStandardOutput());
            output.WriteLine(line);
        }
    }

    private static int Parameter(string name, int otherwise) =>
        TestContext.Parameters.Get(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
