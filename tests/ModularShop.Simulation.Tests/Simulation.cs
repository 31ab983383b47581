using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Storage;

namespace ModularShop.Simulation.Tests;

/// <summary>Plays seeds. The same seed always runs in the same way.</summary>
internal sealed class Simulation : IDisposable
{
    private readonly string directory;
    private readonly string template;
    private int played;

    public Simulation()
    {
        // In memory if possible: the simulation does not cover what a disk does to files.
        const string memory = "/dev/shm";
        directory = Directory.Exists(memory)
            ? Directory.CreateDirectory(Path.Combine(memory, $"modularshop-simulation-{Guid.CreateVersion7():N}")).FullName
            : Directory.CreateTempSubdirectory("modularshop-simulation-").FullName;
        template = Path.Combine(directory, "template.db");
        using var database = ModuleDatabase.Open(template);
        using var tables = database.Writer.CreateCommand();
        tables.CommandText = SimulatedModule.Tables;
        tables.ExecuteNonQuery();
    }

    /// <summary>What went wrong; null when nothing did. Includes a diagram if one is requested.</summary>
    public Played Play(int seed, bool isSplit = false, bool drawn = false)
    {
        // A synchronization context of a test runner would run the steps elsewhere.
        SynchronizationContext.SetSynchronizationContext(null);
        using var world = new World(seed, template, Path.Combine(directory, $"{Interlocked.Increment(ref played)}"), drawn, isSplit);
        var scenario = new Scenario(world);
        IReadOnlyList<string> findings;
        try
        {
            scenario.Play();
            findings = new Audit(world, scenario).Run();
        }
        catch (Exception e)
        {
            findings = [e.ToString()];
        }
        return new Played(seed, findings, drawn ? world.Diagram.ToString() : "");
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }
}

/// <summary>A seed that was played. Its findings are empty when all guarantees were kept.</summary>
internal sealed record Played(int Seed, IReadOnlyList<string> Findings, string Diagram);
