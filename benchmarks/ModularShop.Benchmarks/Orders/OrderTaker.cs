using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Orders.WolverineFx;
using ModularShop.Benchmarks.WolverineFx;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Operations;

namespace ModularShop.Benchmarks.Orders;

/// <summary>A contender: how its process is started, and how to ask what its subscriber has not applied yet.</summary>
/// <param name="Watched">Every how many orders one is watched until it is visible.</param>
/// <param name="Pause">Between two looks whether it is.</param>
internal sealed record OrderTaker(
    string Name,
    int Watched,
    TimeSpan Pause,
    Func<string, Task<Contender>> Start,
    Func<Contender, Task<long>> Lag
)
{
    /// <summary>The real host.</summary>
    public static readonly OrderTaker Ours = new(
        "ours",
        10,
        TimeSpan.Zero,
        directory => Contender.Start("shop", FilledShop.Arguments(directory)),
        LagOfShop
    );

    /// <summary>The usual design. Orders become visible after about a second, so fewer are watched, with pauses, to use less CPU.</summary>
    public static readonly OrderTaker Naive = new(
        "naive",
        25,
        TimeSpan.FromMilliseconds(20),
        directory => Contender.Start("naive-orders", directory),
        AskLag
    );

    /// <summary>A library for the work, with its defaults.</summary>
    public static readonly OrderTaker Wolverine = OfWolverine(WolverineHost.Name);

    /// <summary>The same library, set to wait for locks without long pauses.</summary>
    public static readonly OrderTaker PatientWolverine = OfWolverine(WolverineHost.Patient, WolverineShop.Patient);

    /// <summary>The upper limit with SQLite and Kestrel.</summary>
    public static readonly OrderTaker Raw = new("raw", 10, TimeSpan.Zero, directory => Contender.Start("raw-orders", directory), AskLag);

    /// <summary>What this benchmark asks of a contender of its own.</summary>
    public const string LagQuestion = "lag";

    private static OrderTaker OfWolverine(string name, params string[] setting) =>
        new(name, 10, TimeSpan.Zero, directory => Contender.Start("wolverine-orders", [directory, .. setting]), AskLag);

    private static async Task<long> AskLag(Contender contender) =>
        long.Parse(await contender.Ask(LagQuestion), CultureInfo.InvariantCulture);

    private static async Task<long> LagOfShop(Contender contender)
    {
        using var http = new HttpClient { BaseAddress = new Uri(contender.Ready) };
        var subscriptions = await http.Get<IReadOnlyList<SubscriptionView>>("/admin/v1/subscriptions", CancellationToken.None);
        return subscriptions.All(subscription => subscription is { DeadLetters: 0, Parked: 0 })
            ? subscriptions.Sum(subscription => subscription.Lag)
            : throw new InvalidOperationException("Events became dead letters.");
    }
}
