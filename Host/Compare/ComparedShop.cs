using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ModularShop.Host.CommandLine;

namespace ModularShop.Host.Compare;

/// <summary>
/// A shop with each module in a process of its own, on a new directory that is deleted at the end. Other modules reach Catalog,
/// Customers and Orders through a proxy; the load and operators reach every process directly.
/// </summary>
internal sealed class ComparedShop : IAsyncDisposable
{
    /// <summary>The module that keeps a copy.</summary>
    public const string WithCopy = "purchase-history";

    /// <summary>The module that asks each time.</summary>
    public const string WithRequests = "purchase-history-sync";

    private static readonly string[] Asked = ["catalog", "customers", "orders"];

    // Above the limit of both modules for an answer.
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly string directory = Directory.CreateTempSubdirectory("modularshop-compare-").FullName;
    private readonly Dictionary<string, ShopChild> children = [];
    private readonly Dictionary<string, FaultyProxy> proxies = [];
    private readonly Dictionary<string, HttpClient> clients = [];

    public IEnumerable<FaultyProxy> Proxies => proxies.Values;

    /// <summary>The file of a module.</summary>
    public string FileOf(string module) => Path.Combine(directory, module, $"{module}.db");

    /// <summary>A client for the process of a module, without the proxy.</summary>
    public HttpClient Client(string module) => clients[module];

    public FaultyProxy ProxyOf(string module) => proxies[module];

    /// <exception cref="CommandFailedException">A process does not start.</exception>
    public async Task Start(CancellationToken ct)
    {
        string[] modules = [.. Asked, WithCopy, WithRequests];
        foreach (var (module, port) in modules.Zip(FreePorts(modules.Length)))
        {
            clients[module] = NewClient(new Uri($"http://127.0.0.1:{port}"));
        }
        foreach (var module in Asked)
        {
            proxies[module] = await FaultyProxy.Start(clients[module].BaseAddress!, ct);
        }
        await File.WriteAllTextAsync(TopologyFile, JsonSerializer.Serialize(Topology(modules)), ct);
        foreach (var module in modules)
        {
            StartProcess(module);
        }
        await Task.WhenAll(modules.Select(module => children[module].BecomeReady(module, clients[module], ct)));
    }

    /// <summary>Starts the process of a module again.</summary>
    /// <exception cref="CommandFailedException">It does not start.</exception>
    public async Task Start(string module, CancellationToken ct)
    {
        StartProcess(module);
        await children[module].BecomeReady(module, clients[module], ct);
    }

    public async Task Kill(string module)
    {
        children.Remove(module, out var child);
        await child!.DisposeAsync();
    }

    /// <summary>Waits until all events are applied.</summary>
    /// <exception cref="CommandFailedException">They are not, also after some time.</exception>
    public Task CatchUp(CancellationToken ct) => Retry(() => CommandLine.CatchUp.Wait(clients[WithCopy], subscriber: null, ct), ct);

    /// <summary>Does what is safe to repeat. On a busy machine, processes that have just started may not answer each other in time.</summary>
    /// <exception cref="CommandFailedException">It fails, also after some time.</exception>
    public static async Task Retry(Func<Task> work, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (CommandFailedException) when (Stopwatch.GetElapsedTime(started) < RetryLimit)
            {
                await Task.Delay(RetryPause, ct);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in children.Values)
        {
            await child.DisposeAsync();
        }
        foreach (var proxy in proxies.Values)
        {
            await proxy.DisposeAsync();
        }
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
        Directory.Delete(directory, recursive: true);
    }

    private string TopologyFile => Path.Combine(directory, "topology.json");

    private object Topology(IEnumerable<string> modules) =>
        new
        {
            version = 1,
            processes = modules.ToDictionary(
                module => module,
                module => new
                {
                    address = (proxies.GetValueOrDefault(module)?.Address ?? clients[module].BaseAddress!).ToString(),
                    listen = clients[module].BaseAddress!.ToString(),
                    data = module,
                    modules = new[] { module },
                }
            ),
        };

    private void StartProcess(string module) =>
        children[module] = ShopChild.Start(
            directory,
            ["run", "--workshop", "--topology", TopologyFile, "--as", module],
            // The shortest way there is: not through another process that passes requests on.
            proxies.ToDictionary(proxy => $"PurchaseHistorySync__Addresses__{proxy.Key}", proxy => proxy.Value.Address.ToString())
        );

    private static HttpClient NewClient(Uri address) =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address, Timeout = ClientTimeout };

    // Below the ports that the system gives to outgoing connections: a process that is started again needs its port.
    internal static List<int> FreePorts(int count)
    {
        const int First = 20_000;
        const int Last = 32_000;
        var found = new HashSet<int>();
        while (found.Count < count)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                found.Add(port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one is tried.
            }
        }
        return [.. found];
    }
}
