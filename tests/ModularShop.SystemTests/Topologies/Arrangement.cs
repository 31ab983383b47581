using ModularShop.Host;

namespace ModularShop.SystemTests.Topologies;

/// <summary>How the modules of the tested shop are divided among processes.</summary>
internal enum Arrangement
{
    OneProcess,

    /// <summary>Orders in a second process.</summary>
    OrdersAlone,

    /// <summary>Each module in a process of its own.</summary>
    EachAlone,

    /// <summary>As <see cref="OrdersAlone"/>, behind nginx with the exported configuration.</summary>
    BehindNginx,
}

/// <summary>
/// The arrangements that tests run in. <c>./test</c> runs them in the first two, <c>tests/soak suite --topology a|b|c|d</c> in one of
/// them.
/// </summary>
internal static class Arrangements
{
    private static readonly string[] Letters = ["a", "b", "c", "d"];

    public static IEnumerable<Arrangement> Tested =>
        Soak.Topology is { } letter ? [(Arrangement)Array.IndexOf(Letters, letter)] : [Arrangement.OneProcess, Arrangement.OrdersAlone];

    /// <summary>Those of them that have several processes.</summary>
    public static IEnumerable<Arrangement> Several => Tested.Where(arrangement => arrangement != Arrangement.OneProcess);

    /// <summary>The names of the processes, and the modules that each hosts. The first one answers for all modules.</summary>
    public static (string Process, string[] Modules)[] Processes(this Arrangement arrangement) =>
        arrangement switch
        {
            Arrangement.OneProcess => [("main", [.. ShopModules.Descriptors.Select(module => module.Name)])],
            Arrangement.EachAlone =>
            [
                ("history", ["purchase-history"]),
                ("catalog", ["catalog"]),
                ("customers", ["customers"]),
                ("orders", ["orders"]),
            ],
            _ => [("main", ["catalog", "customers", "purchase-history"]), ("second", ["orders"])],
        };
}
