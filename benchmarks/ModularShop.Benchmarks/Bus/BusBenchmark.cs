using System.Globalization;
using ModularShop.Benchmarks.Bus.InMemory;
using ModularShop.Benchmarks.Bus.Modular;
using ModularShop.Benchmarks.Bus.Polled;
using ModularShop.Benchmarks.Bus.Raw;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.WolverineFx;

namespace ModularShop.Benchmarks.Bus;

/// <summary>The bus alone, without HTTP: an order and its event in one file, a row for each event in a subscriber's file.</summary>
internal sealed class BusBenchmark : IBenchmark
{
    public const int Orders = 20_000;

    /// <summary>For contenders with a few hundred orders a second: more would take minutes and give the same figures.</summary>
    public const int OrdersOfTheSlow = 2_000;
    public const int Publishers = 32;
    public const int Undelivered = 1600;
    public static readonly TimeSpan PacedFor = TimeSpan.FromSeconds(5);

    /// <summary>The runs under full load: contender, number of publishers, number of orders.</summary>
    public static IReadOnlyList<(string Contender, int Publishers, int Orders)> Loads { get; } =
    [
        (ModularBus.Name, 1, Orders / 2),
        (ModularBus.Name, Publishers, Orders),
        (ModularBus.WithEntities, 1, Orders / 2),
        (ModularBus.WithEntities, Publishers, Orders),
        (ModularBus.WithEfCore, 1, Orders / 2),
        (ModularBus.WithEfCore, Publishers, Orders),
        // All orders, although that takes half a minute, because the waits for locks and the tables grow.
        (WolverineHost.Name, 1, Orders / 2),
        (WolverineHost.Name, Publishers, Orders),
        (WolverineHost.Patient, 1, Orders / 2),
        (WolverineHost.Patient, Publishers, Orders),
        (PolledOutbox.Name, 1, OrdersOfTheSlow),
        (PolledOutbox.Name, Publishers, OrdersOfTheSlow),
        (InMemoryBus.Name, 1, OrdersOfTheSlow),
        (InMemoryBus.Name, Publishers, OrdersOfTheSlow),
        // So fast that a measurement needs more orders.
        (DispatchOnly.Name, 1, 20 * Orders),
        (SingleCommits.Name, 1, Orders / 2),
        (GroupCommits.Name, Publishers, Orders),
    ];

    public static IReadOnlyList<(string Contender, int PerSecond)> Paces { get; } =
    [
        (ModularBus.Name, 200),
        (ModularBus.Name, 500),
        (WolverineHost.Name, 200),
        (WolverineHost.Name, 500),
        (WolverineHost.Patient, 200),
        (WolverineHost.Patient, 500),
        (PolledOutbox.Name, 200),
        (PolledOutbox.Name, 500),
        (GroupCommits.Name, 200),
        (GroupCommits.Name, 500),
    ];

    public static IReadOnlyList<string> Durable { get; } = [ModularBus.Name, WolverineHost.Name, PolledOutbox.Name];

    public string Name => "bus";

    public string Summary =>
        "The event bus without HTTP against Wolverine, a polled outbox, MediatR alone and raw SQLite; about 25 minutes.";

    public async Task<string> Run(int rounds)
    {
        var loads = await Rounds.Alternate(
            rounds,
            [
                .. Loads.Select(load =>
                    ($"{load.Contender}, {load.Publishers}", Measure(() => BusRun.UnderLoad(load.Contender, load.Publishers, load.Orders)))
                ),
            ],
            load => Text($"{load.Accepted, 7:0} accepted/s  {load.EndToEnd, 6:0} end to end/s  p99 {load.P99:0.00} ms")
        );
        var paces = await Rounds.Alternate(
            rounds,
            [
                .. Paces.Select(pace =>
                    ($"{pace.Contender}, {pace.PerSecond}/s", Measure(() => BusRun.Paced(pace.Contender, pace.PerSecond, PacedFor)))
                ),
            ],
            delays => Text($"commit to applied p50 {delays.P50:0.00} ms  p99 {delays.P99:0.00} ms")
        );
        var recoveries = await Rounds.Alternate(
            rounds,
            [.. Durable.Select(contender => ($"{contender}, killed", Measure(() => BusRun.Killed(contender, Publishers, Undelivered))))],
            recovery =>
                Text($"drained in {recovery.Drained:0.00} s, {recovery.SinceStart:0.00} s after the start; ")
                + Text(
                    $"{recovery.Lost} lost, {recovery.Missing} missing, {recovery.Duplicates} duplicate, {recovery.OutOfOrder:P0} out of order"
                )
        );
        return new BusSection(rounds, loads, paces, recoveries).ToString();
    }

    private static Func<Task<T>> Measure<T>(Func<Task<T>> run) => run;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
