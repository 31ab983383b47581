using System.Security.Cryptography;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>One move of a module from this process to another one, up to the decision of the other one.</summary>
internal sealed class Departure(
    MovePlan plan,
    bool isSameDirectory,
    ModuleDescriptor module,
    ModuleSupervisorContext context,
    MoveClient other,
    MoveJournal<DepartureEntry> journal,
    Func<string, Task> say
)
{
    // What is left of the write-ahead log when requests begin to wait.
    private const long SmallRest = 256 * 1024;
    private const int MaxRounds = 10;

    private RawCopy? copy;
    private string? fileHash;
    private long walSent;

    public MovePlan Plan => plan;

    /// <summary>Whether the file may name the other process.</summary>
    public bool IsSigned { get; private set; }

    /// <summary>Whether the file names this process again.</summary>
    public bool IsUndone { get; set; }

    private FaultPoints Faults => context.FaultsOf(module.Name);

    /// <summary>Copies the file while the module runs.</summary>
    public async Task Prepare(ModuleDatabase database, CancellationToken ct)
    {
        journal.Write(new DepartureEntry(plan, IsSigned: false, isSameDirectory));
        Faults.Reach(FaultPoint.MovePrepared);
        await say($"Process '{plan.To}' tries '{module.Name}' out on an empty file.");
        await other.Begin(plan, isSameDirectory, ct);
        if (isSameDirectory)
        {
            await say("Both processes use the same data directory: nothing is copied.");
            return;
        }
        copy = database.BeginCopy();
        await say($"Copying {module.FileName}, {copy.Length / 1024:N0} KiB, while the module runs.");
        fileHash = await SendFile(copy, ct);
        for (var round = 0; round < MaxRounds && copy.WalLength - walSent > SmallRest; round++)
        {
            await SendWal(copy, ct);
        }
        Faults.Reach(FaultPoint.MoveCopied);
    }

    /// <summary>Must be called before the commit that names the new owner.</summary>
    public void Sign()
    {
        Faults.Reach(FaultPoint.MoveHeld);
        journal.Write(new DepartureEntry(plan, IsSigned: true, isSameDirectory));
        IsSigned = true;
    }

    /// <summary>Sends what is missing, and asks the other process to accept the module. The module has been suspended.</summary>
    public async Task<MoveOutcome> HandOver(ModuleInstance instance, CancellationToken ct)
    {
        Faults.Reach(FaultPoint.MoveSigned);
        var database = instance.Database;
        var seal = new MoveSeal(
            database.Epoch,
            database.LastPosition,
            database.Read(connection =>
                (IReadOnlyList<SealedCheckpoint>)
                    [.. Checkpoints.Read(connection).Select(each => new SealedCheckpoint(each.Source, each.Epoch, each.Position))]
            ),
            fileHash,
            WalHash: null,
            context.Directory.HashKeyOf(module.Name).Bytes
        );
        if (copy is null)
        {
            await instance.DisposeAsync();
            context.Directory.Release(module);
            return await other.Accept(plan, seal, ct);
        }
        await SendWal(copy, ct);
        var outcome = await other.Accept(plan, seal with { WalHash = await Hash(copy, ct) }, ct);
        if (outcome.Decision == MoveDecision.Open)
        {
            // SQLite had overwritten frames that were not committed. All of it is sent again.
            walSent = 0;
            await SendWal(copy, ct);
            outcome = await other.Accept(plan, seal with { WalHash = await Hash(copy, ct) }, ct);
        }
        return outcome;
    }

    /// <summary>Lets SQLite reuse the write-ahead log again.</summary>
    public void EndCopy()
    {
        copy?.Dispose();
        copy = null;
    }

    private async Task<string> SendFile(RawCopy from, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var arrived = await other.SendFile(plan, from.Content, from.Length, hash, ct);
        var sent = Convert.ToHexString(hash.GetHashAndReset());
        return arrived == sent ? sent : throw new MoveFailedException("The file did not arrive as it was sent.");
    }

    private async Task SendWal(RawCopy from, CancellationToken ct)
    {
        var end = from.WalLength;
        await using var part = from.OpenWal(walSent);
        await other.SendWal(plan, walSent, part, end - walSent, ct);
        walSent = end;
    }

    private static async Task<string> Hash(RawCopy from, CancellationToken ct)
    {
        await using var wal = from.OpenWal(0);
        return Convert.ToHexString(await SHA256.HashDataAsync(wal, ct));
    }
}

/// <summary>A move was not made. The message says why; the module runs where it did before.</summary>
internal sealed class MoveFailedException(string message, Exception? inner = null) : Exception(message, inner);
