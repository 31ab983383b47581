using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Processes;

namespace ModularShop.Simulation.Tests;

/// <summary>
/// Three modules under one scheduler: beta listens to alpha and publishes an event for each of its events; gamma listens to both and
/// can be rebuilt. They crash and start again at times that the seed decides.
/// </summary>
internal sealed class World : IDisposable
{
    private const int TooManySteps = 200_000;

    private readonly string directory;
    private readonly KernelOptions options;
    private readonly Dictionary<string, Node> nodes = [];
    private readonly List<Node> past = [];
    private int files;
    private int steps;

    public World(int seed, string template, string directory, bool drawn, bool isSplit)
    {
        IsSplit = isSplit;
        Random = new Random(seed);
        Scheduler = new Scheduler(Random);
        People = Scheduler.NewLane();
        Chaos = new Chaos(Random);
        Diagram = new Diagram { IsOn = drawn };
        options = new KernelOptions
        {
            Writer = new WriterOptions { MaxGroup = Random.Next(1, 9), QueueLength = Random.Next(1, 17) },
            Delivery = new DeliveryOptions
            {
                BatchSize = Random.Next(1, 9),
                ReadSize = Random.Next(1, 9),
                MaxAttempts = Random.Next(1, 4),
                TailEvents = Random.Next(1, 9),
            },
        };
        this.directory = Directory.CreateDirectory(directory).FullName;
        foreach (var module in SimulatedModule.All)
        {
            var file = NewFile(module);
            File.Copy(template, file);
            Boot(module, file);
        }
        if (isSplit)
        {
            FollowLogs();
        }
    }

    /// <summary>Whether each module is in a process of its own, and its log is read over connections that fail.</summary>
    public bool IsSplit { get; }

    public Random Random { get; }

    public Scheduler Scheduler { get; }

    /// <summary>Clients and operators, whose tasks continue after a crash.</summary>
    public Scheduler.Lane People { get; }

    public SimulatedClock Clock { get; } = new();

    public ILogRegistry Bus { get; } = new LogRegistry();

    public Chaos Chaos { get; }

    public Diagram Diagram { get; }

    public IReadOnlyCollection<Node> Nodes => nodes.Values;

    public Node Find(string module) => nodes[module];

    /// <summary>Runs one step or advances the time; false when nothing can happen any more.</summary>
    public bool Step()
    {
        if (++steps > TooManySteps)
        {
            throw new InvalidOperationException($"It does not come to rest within {TooManySteps} steps.");
        }
        if (Scheduler.IsIdle)
        {
            return Clock.AdvanceToNext();
        }
        Scheduler.Step();
        return true;
    }

    public void RunUntilIdle()
    {
        while (Step()) { }
    }

    /// <summary>Kills one process, or all of them at once as a power failure does. They start again from what is on disk then.</summary>
    public void Crash(Node node, bool all)
    {
        foreach (var dying in all ? [.. nodes.Values.Where(other => !other.IsDead)] : new List<Node> { node })
        {
            Diagram.Note(dying.Name, "crash");
            var image = NewFile(dying.Module);
            dying.Crash(image);
            BootLater(dying.Module, image);
        }
    }

    /// <summary>Stops a module in an orderly way and starts it again on its file.</summary>
    public async Task Restart(Node node)
    {
        await node.Run(node.Stop);
        BootLater(node.Module, node.File);
    }

    /// <summary>The points at which the seed may make a module fail.</summary>
    public void Reached(Node node, FaultPoint point)
    {
        if (node.IsDead)
        {
            throw new CrashedException();
        }
        if (point is FaultPoint.AfterCommit)
        {
            Diagram.Note(node.Name, "committed");
        }
        if (Chaos.Crashes)
        {
            Diagram.Note(node.Name, $"at {point}");
            Crash(node, all: Random.Next(3) == 0);
            throw new CrashedException();
        }
        if (Chaos.ErrorAt(point) is { } error)
        {
            var isOfFile = Chaos.IsOfFile();
            if (isOfFile)
            {
                node.Database.Writer.Note(error);
            }
            Diagram.Note(node.Name, $"{error.Message}{(isOfFile ? "" : ", elsewhere")}");
            throw error;
        }
    }

    public void BeforeReaction(string module, EventContext context, bool poisoned)
    {
        if (Chaos.Dawdles is { } time)
        {
            Diagram.Note(module, $"takes {time.TotalSeconds:0.0} s over {context.Source} {context.Position}");
            Clock.Advance(time);
        }
        if (poisoned || Chaos.HandlerFails)
        {
            Diagram.Note(module, $"fails on {context.Source} {context.Position} of {context.Key}");
            throw new InvalidOperationException("The reaction failed.");
        }
    }

    public void AfterReaction(string module, EventContext context) =>
        Diagram.Message(context.Source, module, $"{context.Position} of {context.Key}");

    public void Dispose()
    {
        foreach (var node in past)
        {
            node.Dispose();
        }
        Directory.Delete(directory, recursive: true);
    }

    private void FollowLogs()
    {
        IReadOnlyList<PlacedProcess> processes =
        [
            .. SimulatedModule.All.Select(module => new PlacedProcess(
                module.Name,
                new Uri($"http://{module.Name}"),
                null,
                null,
                [module.Name]
            )),
        ];
        var remote = new RemoteLogs(
            [.. processes.Select(process => process.Name)],
            new Placement(new Topology(1, "", processes), self: null, here: []),
            process => new SimulatedConnection(this, process).Ask,
            Bus,
            options.Bus,
            Clock,
            NullLogger<RemoteLogs>.Instance
        );
        People.Start(() => remote.Run(CancellationToken.None));
    }

    private void BootLater(SimulatedModule module, string file) =>
        People.Start(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Next(3000)), Clock);
            Boot(module, file);
        });

    private void Boot(SimulatedModule module, string file)
    {
        Diagram.Note(module.Name, "starts");
        var node = new Node(this, module, file, options);
        nodes[module.Name] = node;
        past.Add(node);
        People.Start(async () =>
        {
            try
            {
                await node.Started;
            }
            catch (Exception) when (!node.IsDead)
            {
                Crash(node, all: false); // A module that cannot start is started again.
            }
            catch (CrashedException) { }
        });
    }

    private string NewFile(SimulatedModule module) => Path.Combine(directory, $"{module.Name}-{files++}.db");
}
