using ModularShop.Benchmarks.Harness;
using ModularShop.Host;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>The processes of a shop in an arrangement, each with files of its own.</summary>
internal sealed class PlacedShop : IAsyncDisposable
{
    // The configuration that is exported for nginx asks for it: the processes believe what the proxy says about the client.
    private static readonly Dictionary<string, string> BehindProxy = new() { ["Kernel__Http__TrustedProxies"] = "127.0.0.1" };

    private readonly Arrangement arrangement;
    private readonly TestTopology topology;
    private readonly Dictionary<string, Contender> processes = [];
    private NginxServer? nginx;
    private Contender? plainProxy;

    private PlacedShop(Arrangement arrangement)
    {
        this.arrangement = arrangement;
        topology = TestTopology.Of(ShopModules.All, arrangement.Processes);
    }

    /// <summary>Where clients send orders.</summary>
    public Uri Orders => FrontAddress ?? AddressOf(Arrangement.Orders);

    /// <summary>Where clients ask for histories.</summary>
    public Uri History => FrontAddress is { } front && plainProxy is null ? front : AddressOf(Arrangement.History);

    /// <summary>The process of the subscriber that keeps the histories.</summary>
    public Contender Subscriber => processes[PlaceOf(Arrangement.History)];

    /// <summary>The processes of the shop.</summary>
    public IReadOnlyList<int> Processes => [.. processes.Values.Select(process => process.ProcessId)];

    /// <summary>The processes in front of the shop that do not belong to it.</summary>
    public IReadOnlyList<int> Proxies => nginx?.Processes ?? (plainProxy is null ? [] : [plainProxy.ProcessId]);

    public static async Task<PlacedShop> Start(Arrangement arrangement, FilledShop filled)
    {
        var shop = new PlacedShop(arrangement);
        try
        {
            await shop.Start(filled);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>The directory of a module's file.</summary>
    public string DataOf(string module) => Path.Combine(topology.Directory, PlaceOf(module));

    /// <summary>Asks all processes of the shop to end, and waits until they have.</summary>
    public Task Stop() => Task.WhenAll(processes.Values.Select(process => process.Stop()));

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
        {
            await nginx.DisposeAsync();
        }
        if (plainProxy is not null)
        {
            await plainProxy.DisposeAsync();
        }
        foreach (var process in processes.Values)
        {
            await process.DisposeAsync();
        }
        topology.Dispose();
    }

    private Uri? FrontAddress =>
        arrangement.Front switch
        {
            Front.Gateway => new Uri(processes[Arrangement.Main].Ready),
            Front.Nginx => nginx!.Client.Address,
            Front.PlainProxy => new Uri(plainProxy!.Ready),
            _ => null,
        };

    private async Task Start(FilledShop filled)
    {
        if (arrangement.Processes.Count == 0)
        {
            var data = Path.Combine(topology.Directory, Arrangement.Main);
            filled.CopyTo(data, [.. ShopModules.Descriptors.Select(module => module.Name)]);
            processes[Arrangement.Main] = await Contender.Start("shop", FilledShop.Arguments(data));
            return;
        }
        foreach (var (process, modules) in arrangement.Processes)
        {
            filled.CopyTo(Path.Combine(topology.Directory, process), modules);
            processes[process] = await Contender.Start(
                "shop",
                arrangement.Front is Front.Nginx ? BehindProxy : new Dictionary<string, string>(),
                ["--topology", topology.File.Path, "--as", process]
            );
        }
        nginx = arrangement.Front is Front.Nginx ? await NginxProxy.Start(topology) : null;
        plainProxy =
            arrangement.Front is Front.PlainProxy ? await Contender.Start(PlainProxy.Role, AddressOf(Arrangement.Orders).ToString()) : null;
    }

    private Uri AddressOf(string module) => new(processes[PlaceOf(module)].Ready);

    private string PlaceOf(string module) =>
        arrangement.Processes.Where(process => process.Modules.Contains(module)).Select(process => process.Process).FirstOrDefault()
        ?? Arrangement.Main;
}
