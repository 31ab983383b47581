namespace ModularShop.Benchmarks.Harness;

/// <summary>Measures contenders alternately in several rounds, so that variations of the machine affect all of them.</summary>
internal static class Rounds
{
    /// <returns>For each contender, in their order, what its rounds gave.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<T>>> Alternate<T>(
        int rounds,
        IReadOnlyList<(string Name, Func<Task<T>> Measure)> contenders,
        Func<T, string> say
    )
    {
        var results = contenders.Select(_ => new List<T>()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                var index = (round + turn) % contenders.Count;
                var result = await contenders[index].Measure();
                results[index].Add(result);
                Console.WriteLine($"round {round + 1} of {rounds}  {contenders[index].Name, -32} {say(result)}");
            }
        }
        return results;
    }

    /// <summary>The median of a figure over one contender's rounds.</summary>
    public static double Median<T>(this IEnumerable<T> rounds, Func<T, double> figure) => Sample.Median(rounds.Select(figure));

    /// <summary>The median of the ratios of a figure to a peer's in the same round.</summary>
    public static double Ratio<T>(this IEnumerable<T> rounds, IEnumerable<T> peer, Func<T, double> figure) =>
        Sample.Median(rounds.Zip(peer, (mine, theirs) => figure(mine) / figure(theirs)));
}
