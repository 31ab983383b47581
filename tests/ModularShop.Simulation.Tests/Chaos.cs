using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Simulation.Tests;

/// <summary>The failures that are injected and their frequency, which depend on the seed.</summary>
internal sealed class Chaos(Random random)
{
    private const int DiskFull = 13;

    private readonly double crash = Rate(random, 0.01);
    private readonly double error = Rate(random, 0.03);
    private readonly double handlerError = Rate(random, 0.15);
    private readonly double slow = Rate(random, 0.05);
    private readonly double badRead = Rate(random, 0.2);
    private readonly double poison = Rate(random, 0.1);

    /// <summary>Afterwards no more failures are injected, and the modules must recover completely.</summary>
    public bool IsOver { get; set; }

    public bool Crashes => Happens(crash);

    public bool HandlerFails => Happens(handlerError);

    public bool ReadIsOdd => Happens(badRead);

    /// <summary>How long a handler is delayed: up to more than a unit of work may take.</summary>
    public TimeSpan? Dawdles => Happens(slow) ? TimeSpan.FromMilliseconds(random.Next(1, 40_000)) : null;

    /// <summary>Whether an event, identified by its name and numbers, always fails in a module until the chaos ends.</summary>
    public bool IsPoison(int salt) => !IsOver && new Random(salt).NextDouble() < poison;

    /// <summary>An error at a fault point. There is none after a commit: data on disk cannot fail any more.</summary>
    public SqliteException? ErrorAt(FaultPoint point) =>
        point is not FaultPoint.AfterCommit && Happens(error)
            ? new SqliteException($"database or disk is full, at {point}", DiskFull)
            : null;

    /// <summary>Whether an error comes from the module's own file and not from another database.</summary>
    public bool IsOfFile() => random.Next(2) == 0;

    private bool Happens(double rate) => !IsOver && random.NextDouble() < rate;

    // A third of the seeds have no failures of a kind, so that the other kinds also occur alone.
    private static double Rate(Random random, double highest) => random.Next(3) == 0 ? 0 : random.NextDouble() * highest;
}

/// <summary>Unwinds the stack of a process that has crashed. Nothing that still runs there has an effect.</summary>
internal sealed class CrashedException() : Exception("The process crashed.");
