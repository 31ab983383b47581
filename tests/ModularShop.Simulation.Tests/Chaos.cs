using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Simulation.Tests;

/// <summary>What goes wrong, and how often; both differ from seed to seed.</summary>
internal sealed class Chaos(Random random)
{
    private const int DiskFull = 13;

    private readonly double crash = Rate(random, 0.01);
    private readonly double error = Rate(random, 0.03);
    private readonly double handlerError = Rate(random, 0.15);
    private readonly double slow = Rate(random, 0.05);
    private readonly double badRead = Rate(random, 0.2);
    private readonly double poison = Rate(random, 0.1);

    /// <summary>Once it is over, nothing goes wrong any more and everything must come right.</summary>
    public bool IsOver { get; set; }

    public bool Crashes => Happens(crash);

    public bool HandlerFails => Happens(handlerError);

    public bool ReadIsOdd => Happens(badRead);

    /// <summary>How long a handler dawdles, up to more than a unit of work may take.</summary>
    public TimeSpan? Dawdles => Happens(slow) ? TimeSpan.FromMilliseconds(random.Next(1, 40_000)) : null;

    /// <summary>Whether an event, told apart by its name and numbers, always fails in a module until the chaos is over.</summary>
    public bool IsPoison(int salt) => !IsOver && new Random(salt).NextDouble() < poison;

    /// <summary>An error at a fault point. After a commit there is none: what is on disk cannot fail any more.</summary>
    public SqliteException? ErrorAt(FaultPoint point) =>
        point is not FaultPoint.AfterCommit && Happens(error)
            ? new SqliteException($"database or disk is full, at {point}", DiskFull)
            : null;

    /// <summary>Whether an error is that of the module's own file, and not one of another database.</summary>
    public bool IsOfFile() => random.Next(2) == 0;

    private bool Happens(double rate) => !IsOver && random.NextDouble() < rate;

    // A third of the seeds go without each kind, so that they also meet the others alone.
    private static double Rate(Random random, double highest) => random.Next(3) == 0 ? 0 : random.NextDouble() * highest;
}

/// <summary>Unwinds the stack of a process that has crashed; nothing that still happens there counts.</summary>
internal sealed class CrashedException() : Exception("The process crashed.");
