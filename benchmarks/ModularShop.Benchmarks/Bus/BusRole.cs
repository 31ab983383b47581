using System.Globalization;
using System.Text.Json;
using ModularShop.Benchmarks.Bus.InMemory;
using ModularShop.Benchmarks.Bus.Modular;
using ModularShop.Benchmarks.Bus.Polled;
using ModularShop.Benchmarks.Bus.Raw;
using ModularShop.Benchmarks.Bus.WolverineFx;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.WolverineFx;

namespace ModularShop.Benchmarks.Bus;

/// <summary>
/// The process of a bus: <c>bus CONTENDER DIRECTORY CAPACITY [closed | recover]</c>. Closed, no reaction comes through;
/// recovering, it is ready when it has applied as many events as its capacity is, and says how long that took.
/// </summary>
internal static class BusRole
{
    public const string Name = "bus";
    public const string Closed = "closed";
    public const string Recover = "recover";

    // SQLite blocks the waiting thread. Each publisher has a thread, so that the pool's growth is not measured.
    private const int Threads = 64;

    private static readonly Dictionary<string, Func<BusFiles, Watch, Gate, Task<IBus>>> Buses = new()
    {
        [ModularBus.Name] = ModularBus.Start,
        [ModularBus.WithEntities] = ModularBus.StartWithEntities,
        [ModularBus.WithEfCore] = ModularBus.StartWithEfCore,
        [WolverineHost.Name] = WolverineBus.Start,
        [WolverineHost.Patient] = WolverineBus.StartPatient,
        [PolledOutbox.Name] = PolledOutbox.Start,
        [InMemoryBus.Name] = InMemoryBus.Start,
        [DispatchOnly.Name] = DispatchOnly.Start,
        [SingleCommits.Name] = SingleCommits.Start,
        [GroupCommits.Name] = GroupCommits.Start,
    };

    public static async Task Play(string[] arguments)
    {
        var mode = arguments.ElementAtOrDefault(3);
        var capacity = Number(arguments[2]);
        ThreadPool.SetMinThreads(Threads, Threads);
        var watch = new Watch(capacity);
        await using var bus = await Buses[arguments[0]](new BusFiles(arguments[1]), watch, new Gate(mode is Closed));
        var publishers = new Publishers(bus, watch);
        var ready = "";
        if (mode is Recover)
        {
            await watch.WhenApplied(capacity);
            ready = watch.SincePumpStarted().TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }
        await Contender.Serve(
            ready,
            async question =>
                question.Split(' ') switch
                {
                    ["publish", var count, var orders] => JsonSerializer.Serialize(
                        await publishers.Publish(Number(count), Number(orders), deliver: mode is not Closed)
                    ),
                    ["pace", var perSecond, var orders] => JsonSerializer.Serialize(
                        await publishers.Pace(Number(perSecond), Number(orders))
                    ),
                    ["applied"] => watch.Count.ToString(CultureInfo.InvariantCulture),
                    _ => throw new ArgumentException($"A bus does not understand '{question}'."),
                }
        );
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
