namespace ModularShop.Host.Splitting;

/// <summary>Finds the modules that listen to each other, directly or by way of others.</summary>
internal static class Cycles
{
    /// <param name="boundaries">The modules that publish, and those that listen to them.</param>
    /// <returns>The groups of modules in which each one hears of each other one.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> In(IReadOnlyCollection<(string Source, string Subscriber)> boundaries)
    {
        var listeners = boundaries.ToLookup(boundary => boundary.Source, boundary => boundary.Subscriber);
        var reached = boundaries
            .Select(boundary => boundary.Source)
            .Distinct()
            .ToDictionary(source => source, source => ReachedFrom(source, listeners));
        return
        [
            .. reached
                .Keys.Where(module => reached[module].Contains(module))
                .Select(module => reached[module].Where(other => reached.GetValueOrDefault(other)?.Contains(module) is true))
                .Select(group => (IReadOnlyList<string>)[.. group.Order(StringComparer.Ordinal)])
                .Where(group => group.Count > 1)
                .DistinctBy(group => group[0]),
        ];
    }

    private static HashSet<string> ReachedFrom(string source, ILookup<string, string> listeners)
    {
        var reached = new HashSet<string>();
        var left = new Stack<string>(listeners[source]);
        while (left.TryPop(out var module))
        {
            if (reached.Add(module))
            {
                foreach (var next in listeners[module])
                {
                    left.Push(next);
                }
            }
        }
        return reached;
    }
}
