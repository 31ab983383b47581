using ModularShop.Host;
using ModularShop.SystemTests.Crashes;

namespace ModularShop.SystemTests.Topologies;

/// <summary>A shop in several real processes, each with a data directory of its own, and the clients of it.</summary>
internal sealed class SplitShop : IAsyncDisposable
{
    /// <summary>Orders alone in a second process.</summary>
    public static readonly (string, string[])[] OrdersAlone =
    [
        ("main", ["catalog", "customers", "purchase-history"]),
        ("second", ["orders"]),
    ];

    /// <summary>Each module in a process of its own.</summary>
    public static readonly (string, string[])[] EachAlone =
    [
        ("history", ["purchase-history"]),
        ("catalog", ["catalog"]),
        ("customers", ["customers"]),
        ("orders", ["orders"]),
    ];

    private readonly TestTopology topology;
    private readonly Dictionary<string, ShopProcess> running = [];

    private SplitShop(TestTopology topology, int seed)
    {
        this.topology = topology;
        Crowd = new Crowd(seed);
    }

    public Crowd Crowd { get; }

    public IReadOnlyList<string> Names => [.. topology.File.Read().Processes.Select(process => process.Name)];

    /// <summary>A client of the first process, which answers for all modules.</summary>
    public TestClient Http => running[Names[0]].Http;

    public string Url => running[Names[0]].Url;

    public static async Task<SplitShop> Start(int seed, params (string, string[])[] processes)
    {
        var shop = new SplitShop(TestTopology.Of(ShopModules.All, processes), seed);
        try
        {
            await Task.WhenAll(shop.Names.Select(name => shop.Start(name)));
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    public ShopProcess this[string process] => running[process];

    /// <param name="killAt">The fault point at which the process kills itself; null for none.</param>
    public async Task Start(string name, string? killAt = null)
    {
        var environment = killAt is null ? [] : new Dictionary<string, string> { ["MODULARSHOP_KILL_AT"] = killAt };
        var process = ShopProcess.Start(["run", "--topology", topology.File.Path, "--as", name], workingDirectory: null, environment);
        if (!await process.BecomesReady())
        {
            throw new InvalidOperationException($"Process {name} ended.\n{process.Output}\n{process.Errors}");
        }
        lock (running)
        {
            running[name] = process;
        }
    }

    public async Task Kill(string name)
    {
        await running[name].Kill();
        await Forget(name);
    }

    public async Task Forget(string name)
    {
        await running[name].DisposeAsync();
        running.Remove(name);
    }

    /// <summary>The name of the process that the topology file says for a module.</summary>
    public string PlaceOf(string module) => topology.File.Read().HostOf(module)!.Name;

    /// <summary>Compares the files of all processes with the answers to the clients.</summary>
    public void AssertSound() =>
        Assert.That(Audit.Of(module => topology.DataOf(PlaceOf(module)), [.. Crowd.Requests], caughtUp: true), Is.Empty, Errors);

    /// <summary>What the processes have logged.</summary>
    public string Errors => string.Join('\n', running.Select(process => $"{process.Key}:\n{process.Value.Errors}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in running.Values)
        {
            await process.DisposeAsync();
        }
        topology.Dispose();
    }
}
