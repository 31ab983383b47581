using ModularShop.Host;
using ModularShop.SystemTests.Crashes;

namespace ModularShop.SystemTests.Topologies;

/// <summary>A shop in one or several real processes, each with a data directory of its own, and the clients of it.</summary>
internal sealed class SplitShop : IAsyncDisposable
{
    /// <summary>After this time without an answer, an impatient shop gives up a request that it has passed on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private const int CrowdSize = 8;

    private static readonly Dictionary<string, string> Impatient = new()
    {
        ["Kernel__Bus__ForwardTimeout"] = $"{Patience}",
        ["Kernel__Bus__AnswerTimeout"] = "00:00:01",
        ["Kernel__Bus__PollWait"] = "00:00:01",
    };

    private readonly TestTopology topology;
    private readonly int seed;
    private readonly bool isImpatient;
    private readonly List<Crowd> crowds = [];
    private readonly Dictionary<string, ShopProcess> running = [];
    private readonly Dictionary<string, Line> lines = [];
    private NginxServer? nginx;

    private SplitShop(int seed, (string, string[])[] processes, bool isImpatient, int clients)
    {
        topology = TestTopology.Of(ShopModules.All, processes);
        this.seed = seed;
        this.isImpatient = isImpatient;
        Crowd = NewCrowd(clients);
    }

    /// <summary>The first clients.</summary>
    public Crowd Crowd { get; }

    public IReadOnlyList<string> Names => [.. topology.File.Read().Processes.Select(process => process.Name)];

    /// <summary>A client of nginx if there is one, otherwise of the first process. Either answers for all modules.</summary>
    public TestClient Http => nginx?.Client ?? Operating;

    /// <summary>A client of the first process, for the operator's routes, which are not public.</summary>
    public TestClient Operating => running[Names[0]].Http;

    /// <summary>The address of the first process, for the operator's commands.</summary>
    public string Url => running[Names[0]].Url;

    /// <summary>By process, the connections to it. Only a shop that was started with them has any.</summary>
    public IReadOnlyDictionary<string, Line> Lines => lines;

    /// <param name="isImpatient">Whether processes wait for each other for a shorter time than by default.</param>
    public static Task<SplitShop> Start(
        int seed,
        (string Process, string[] Modules)[] processes,
        bool isImpatient = false,
        int clients = CrowdSize
    ) => Start(new SplitShop(seed, processes, isImpatient, clients));

    /// <param name="byLines">Whether the processes reach each other only by <see cref="Lines"/>.</param>
    /// <inheritdoc cref="Start(int, ValueTuple{string, string[]}[], bool, int)"/>
    public static Task<SplitShop> Start(int seed, Arrangement arrangement, bool isImpatient = false, bool byLines = false)
    {
        var shop = new SplitShop(seed, arrangement.Processes(), isImpatient, CrowdSize);
        if (byLines)
        {
            shop.UseLines();
        }
        return Start(shop, arrangement is Arrangement.BehindNginx);
    }

    public ShopProcess this[string process] => running[process];

    /// <param name="killAt">The fault point at which the process kills itself; null for none.</param>
    public async Task Start(string name, string? killAt = null)
    {
        var environment = isImpatient ? new Dictionary<string, string>(Impatient) : [];
        if (killAt is not null)
        {
            environment["MODULARSHOP_KILL_AT"] = killAt;
        }
        // One process needs no topology.
        string[] place =
            Names.Count == 1
                ? ["--data", topology.DataOf(name), "--urls", topology.AddressOf(name).ToString()]
                : ["--topology", topology.File.Path, "--as", name];
        var process = ShopProcess.Start(["run", .. place], workingDirectory: null, environment);
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

    /// <summary>The process that hosts a module.</summary>
    public ShopProcess HostOf(string module) => running[PlaceOf(module)];

    public string DataOf(string module) => topology.DataOf(PlaceOf(module));

    /// <summary>More clients of this shop.</summary>
    public Crowd NewCrowd(int clients = CrowdSize)
    {
        var crowd = new Crowd(seed, clients, first: crowds.Sum(crowd => crowd.Size));
        crowds.Add(crowd);
        return crowd;
    }

    /// <summary>Repeats the clients' interrupted requests, and waits until all events are applied.</summary>
    public async Task Resume()
    {
        try
        {
            foreach (var crowd in crowds)
            {
                Assert.That(await crowd.Resume(Http, Operating), Errors);
            }
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{e.Message}\n{Errors}");
        }
    }

    /// <summary>Compares the files of all processes with the answers to the clients.</summary>
    public void AssertSound() =>
        Assert.That(Audit.Of(DataOf, [.. crowds.SelectMany(crowd => crowd.Requests)], caughtUp: true), Is.Empty, Errors);

    /// <summary>What the processes have logged.</summary>
    public string Errors => string.Join('\n', running.Select(process => $"{process.Key}:\n{process.Value.Errors}"));

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
        {
            await nginx.DisposeAsync();
        }
        foreach (var process in running.Values)
        {
            await process.DisposeAsync();
        }
        foreach (var line in lines.Values)
        {
            await line.DisposeAsync();
        }
        topology.Dispose();
    }

    private static async Task<SplitShop> Start(SplitShop shop, bool behindNginx = false)
    {
        try
        {
            if (shop.lines.Count > 0)
            {
                await shop.Start(shop.Names[0]);
                foreach (var line in shop.lines.Values)
                {
                    line.IsBroken = false;
                }
            }
            await Task.WhenAll(shop.Names.Except(shop.running.Keys).Select(name => shop.Start(name)));
            shop.nginx = behindNginx ? await Nginx.Start(shop.topology, shop.isImpatient ? Patience : null) : null;
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    private void UseLines()
    {
        var processes = topology.File.Read().Processes;
        foreach (var process in processes)
        {
            // The first process finds no other at its start.
            lines[process.Name] = new Line(process.Address) { IsBroken = true };
        }
        topology.Write(
            new
            {
                version = 2,
                processes = processes.ToDictionary(
                    process => process.Name,
                    process => new
                    {
                        address = lines[process.Name].Address,
                        listen = process.Address.ToString().TrimEnd('/'),
                        data = process.Name,
                        modules = process.Modules,
                    }
                ),
            }
        );
    }
}
