using System.Globalization;

namespace ModularShop.Benchmarks.Harness;

/// <summary>Parameters of a benchmark from the environment, for example for a quick trial.</summary>
internal static class Setting
{
    /// <summary>Numbers separated by commas, or the defaults.</summary>
    public static IReadOnlyList<int> Numbers(string name, params IReadOnlyList<int> defaults) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? [.. text.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]
            : defaults;

    public static string Holds(bool holds) => holds ? "**holds**" : "**does not hold**";
}
