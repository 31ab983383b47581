namespace ModularShop.Benchmarks.Topologies;

/// <summary>Which processes a shop has, and what its clients ask.</summary>
/// <param name="Processes">The processes and the modules of each; none for the shop without a topology.</param>
internal sealed record Arrangement(string Name, Front Front, params IReadOnlyList<(string Process, string[] Modules)> Processes)
{
    public const string Orders = "orders";
    public const string History = "purchase-history";

    /// <summary>The process that receives all requests where the shop itself is the gateway.</summary>
    public const string Main = "main";

    private static readonly (string, string[])[] OrdersAlone = [(Main, ["catalog", "customers", History]), (Orders, [Orders])];

    public static readonly Arrangement OneProcess = new("a: one process", Front.None);

    public static readonly Arrangement Two = new("b: Orders alone", Front.None, OrdersAlone);

    public static readonly Arrangement Four = new(
        "c: each module alone",
        Front.None,
        ("catalog", ["catalog"]),
        ("customers", ["customers"]),
        (Orders, [Orders]),
        (History, [History])
    );

    public static readonly Arrangement Gateway = new("b, through the gateway", Front.Gateway, OrdersAlone);

    public static readonly Arrangement Nginx = new("b, through nginx", Front.Nginx, OrdersAlone);

    public static readonly Arrangement PlainProxy = new("b, through a plain proxy", Front.PlainProxy, OrdersAlone);
}

/// <summary>What stands between the clients and the process of the orders.</summary>
internal enum Front
{
    /// <summary>Each process is asked directly.</summary>
    None,

    /// <summary>Another process of the shop.</summary>
    Gateway,

    /// <summary>nginx with the exported configuration.</summary>
    Nginx,

    /// <summary>The least that .NET needs to pass requests on.</summary>
    PlainProxy,
}
