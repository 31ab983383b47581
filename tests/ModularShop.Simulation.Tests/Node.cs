using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Simulation.Tests;

/// <summary>One run of a module, from its start on a file to its stop or crash. The parts are the kernel's own.</summary>
internal sealed class Node : IDisposable
{
    private readonly World world;
    private readonly Scheduler.Lane lane;
    private readonly ModuleDatabase database;
    private readonly EventLog log;
    private readonly FaultyLog? reader;
    private readonly PendingEvents pending;
    private readonly WriteTransaction transaction;
    private Writer? writer;

    public Node(World world, SimulatedModule module, string file, KernelOptions options)
    {
        this.world = world;
        File = file;
        Module = module;
        lane = world.Scheduler.NewLane();
        database = ModuleDatabase.Open(file);
        log = new EventLog(module.Name, database, options.Delivery);
        reader = world.IsSplit ? null : new FaultyLog(log, world.Chaos, world.Random);
        Faults = new FaultPoints(module.Name, (_, point) => world.Reached(this, point));
        pending = new PendingEvents(log, Faults);
        transaction = new WriteTransaction(database, [pending]);
        Started = lane.Start(() =>
            Start(new HandledEvents(module.Handles.Select(type => (typeof(Reaction<>).MakeGenericType(type), EventType.Of(type)))), options)
        );
    }

    public SimulatedModule Module { get; }

    public string Name => Module.Name;

    public string File { get; }

    public bool IsDead => lane.IsDead;

    public FaultPoints Faults { get; }

    public ModuleDatabase Database => database;

    /// <summary>The log that other processes can read; null while the module does not run.</summary>
    public EventLog? ServedLog { get; private set; }

    /// <summary>Fails if the start failed.</summary>
    public Task Started { get; }

    /// <summary>Null until it has started.</summary>
    public UnitOfWorkRunner? UnitOfWorkRunner { get; private set; }

    /// <summary>Null until it has started.</summary>
    public IServiceProvider? Parts { get; private set; }

    public Rebuilder Rebuilder => Parts!.GetRequiredService<Rebuilder>();

    public DeadLetterRetries Retries => Parts!.GetRequiredService<DeadLetterRetries>();

    public DeadLetters DeadLetters => new(database);

    /// <summary>Runs an operator's request in this process.</summary>
    public Task Run(Func<Task> work) => lane.Start(work);

    /// <summary>Ends as kill -9 would, and copies to another file what is on disk at this moment.</summary>
    public void Crash(string image)
    {
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (System.IO.File.Exists(File + suffix))
            {
                System.IO.File.Copy(File + suffix, image + suffix);
            }
        }
        lane.Die();
        Withdraw();
        log.Dispose(); // The pumps of other processes, which still run, look for the next log.
    }

    /// <summary>Ends as a module does when it is restarted.</summary>
    public async Task Stop()
    {
        Withdraw();
        var pumps = Parts!.GetRequiredService<Pumps>().Stop(); // A pump may wait for a unit that ends only with the writer.
        await writer!.DisposeAsync();
        await pumps;
        log.Dispose();
        if (writer.Ended.IsCompleted)
        {
            Dispose();
        }
        lane.Die();
    }

    public void Dispose()
    {
        transaction.Dispose();
        database.Dispose();
    }

    private void Withdraw()
    {
        ServedLog = null;
        if (reader is not null)
        {
            world.Bus.Unregister(reader);
        }
    }

    private async Task Start(HandledEvents handled, KernelOptions options)
    {
        var identity = new ModuleIdentity(Name);
        var metrics = new KernelMetrics(Name);
        writer = new Writer(transaction, options.Writer, metrics, world.Clock, Faults, NullLogger<Writer>.Instance);
        UnitOfWorkRunner = new UnitOfWorkRunner(writer, new Services(world, identity, handled, pending));
        var copies = new ReadCopies(Name, Module.DeclaredCopies, handled);
        Parts = new ServiceCollection()
            .AddSingleton(identity)
            .AddSingleton<ILogRegistry>(world.Bus)
            .AddSingleton(UnitOfWorkRunner)
            .AddSingleton(handled)
            .AddSingleton(copies)
            .AddSingleton(Services.Wrappers)
            .AddSingleton(Upcasters.Of([], handled.Types, new EventSerializer()))
            .AddSingleton(database)
            .AddSingleton(options.Delivery)
            .AddSingleton(metrics)
            .AddSingleton<TimeProvider>(world.Clock)
            .AddSingleton(world.Random)
            .AddSingleton(Faults)
            .AddLogging()
            .AddSubscriptions()
            .BuildServiceProvider();
        ServedLog = log;
        if (reader is not null)
        {
            world.Bus.Register(reader);
        }
        await Parts.GetRequiredService<Pumps>().Start(CancellationToken.None);
    }
}
