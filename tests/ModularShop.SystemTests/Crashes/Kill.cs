namespace ModularShop.SystemTests.Crashes;

/// <summary>What is changed in the files of the killed shop before the next start.</summary>
internal enum Prelude
{
    Nothing,

    /// <summary>A newer build publishes an event that this build does not know, and another event with the same key.</summary>
    PublishFromNewerBuild,

    /// <summary>The unknown event is changed into one that this build knows.</summary>
    MakeKnown,
}

/// <summary>
/// How a shop is killed: when a module reaches a fault point for the n-th time or, without a fault point, by another process after a
/// time under load.
/// </summary>
internal sealed record Kill(string? Module, string FaultPoint, int Count, Prelude Prelude = Prelude.Nothing)
{
    public const string Random = "random moment";

    /// <summary>The number of kills of the two shops of a seed.</summary>
    public const int PerSeed = 17;

    private const string History = "purchase-history";

    // The minimum number of statements in the first migration of a module.
    private static readonly (string Module, int Statements)[] Migrations =
    [
        ("catalog", 8),
        ("customers", 5),
        ("orders", 18),
        (History, 11),
    ];

    /// <summary>The kills of two shops, in order. Together they include each fault point at least once.</summary>
    public static IReadOnlyList<IReadOnlyList<Kill>> Plans(int seed)
    {
        var random = new Random(seed);
        List<Kill[]> anyOrder =
        [
            [new("orders", "before-append", random.Next(1, 200))],
            [new("orders", "after-append", random.Next(1, 200))],
            [new("orders", "mid-group", random.Next(1, 100))],
            [new("orders", "before-commit", random.Next(1, 100))],
            [new("orders", "after-commit", random.Next(1, 100))],
            [new(Subscriber(random), "after-delivery", random.Next(1, 60))],
            [new(Subscriber(random), "after-checkpoint", random.Next(1, 60))],
            [new(History, "before-commit", random.Next(1, 60))],
            [new(History, "after-commit", random.Next(1, 60))],
            [new(History, "rebuild", random.Next(1, 3))],
            // The dead letter itself and then the letter parked behind it, before and after its row is deleted.
            [
                new(null, Random, random.Next(50, 1000), Prelude.PublishFromNewerBuild),
                new(History, "retry", random.Next(1, 3), Prelude.MakeKnown),
                new(History, "retry", random.Next(3, 5)),
            ],
        ];
        var shuffled = anyOrder.ToArray();
        random.Shuffle(shuffled);
        var half = shuffled.Length / 2;
        return [Plan(random, shuffled[..half]), Plan(random, shuffled[half..])];
    }

    private static IReadOnlyList<Kill> Plan(Random random, Kill[][] inOrder)
    {
        var (module, statements) = Migrations[random.Next(Migrations.Length)];
        return
        [
            new(module, "migration", random.Next(1, statements + 1)),
            // Happens after the products exist, which the other kills need.
            new(null, Random, random.Next(50, 1000)),
            .. inOrder.SelectMany(kills => kills),
        ];
    }

    public override string ToString() => Module is null ? $"{FaultPoint}, {Count} ms" : $"{Module}:{FaultPoint}:{Count}";

    private static string Subscriber(Random random) => random.Next(2) == 0 ? "orders" : History;
}
