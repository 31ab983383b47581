using ArchUnitNET.Domain;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>Ordered namespaces, each of which may use only those before it. Therefore they have no cycles.</summary>
internal static class LayerRule
{
    /// <param name="root">The namespace above the layers. It is the first layer.</param>
    /// <param name="layers">The names of the layers below the root, in their order.</param>
    /// <returns>One line for each type that uses a type of a later layer, or that is in no layer.</returns>
    public static IReadOnlyList<string> Violations(IEnumerable<IType> types, string root, IReadOnlyList<string> layers)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in types.Where(type => IsBelow(type, root)))
        {
            if (PlaceOf(type, root, layers) is not { } place)
            {
                found.Add($"{type.FullName} is in no layer");
                continue;
            }
            foreach (var used in type.Dependencies.Select(dependency => dependency.Target).Where(target => IsBelow(target, root)))
            {
                if (PlaceOf(used, root, layers) > place)
                {
                    found.Add($"{Short(type, root)} uses {Short(used, root)}");
                }
            }
        }
        return [.. found];
    }

    private static bool IsBelow(IType type, string root) =>
        type.FullName.StartsWith($"{root}.", StringComparison.Ordinal) && !type.FullName.Contains("<>", StringComparison.Ordinal);

    // Index 0 is the root itself.
    private static int? PlaceOf(IType type, string root, IReadOnlyList<string> layers)
    {
        var below = type.Namespace.FullName.Length > root.Length ? type.Namespace.FullName[(root.Length + 1)..] : "";
        if (below.Length == 0)
        {
            return 0;
        }
        var place = layers.ToList().IndexOf(below.Split('.')[0]);
        return place < 0 ? null : place + 1;
    }

    private static string Short(IType type, string root) => type.FullName[(root.Length + 1)..].Split('+', '`', '/')[0];
}
