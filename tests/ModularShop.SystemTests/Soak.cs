using System.Globalization;

namespace ModularShop.SystemTests;

/// <summary>How long the tests go on that can go on for long: <c>tests/soak</c> says it, else they take little time.</summary>
internal static class Soak
{
    /// <summary>The first of the seeds.</summary>
    public static int Seed => Parameter("seed", 1);

    /// <summary>As many seeds as it takes to kill so many processes.</summary>
    public static IEnumerable<int> Seeds(int killsOfEach, int kills) =>
        Enumerable.Range(Seed, (Parameter("kills", kills) + killsOfEach - 1) / killsOfEach);

    /// <summary>Progress, which the runner of the tests would hold back to the end.</summary>
    public static void Say(string line)
    {
        if (TestContext.Parameters.Exists("kills"))
        {
            using var output = new StreamWriter(Console.OpenStandardOutput());
            output.WriteLine(line);
        }
    }

    private static int Parameter(string name, int otherwise) =>
        TestContext.Parameters.Get(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
