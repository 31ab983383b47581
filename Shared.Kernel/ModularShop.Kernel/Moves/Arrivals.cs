using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>
/// The modules that other processes move to this one. A module has arrived when its acceptance is on disk: before that, the move can be
/// undone, and after it, never.
/// </summary>
internal sealed partial class Arrivals(
    KnownModules known,
    ModuleSupervisorContext context,
    ModuleSupervisors modules,
    Placement placement,
    TopologyFile file,
    ILogger<Arrivals> logger
) : IDisposable
{
    private readonly ConcurrentDictionary<string, ArrivingFile> arriving = new();
    private readonly SemaphoreSlim deciding = new(1, 1);

    private string Self => placement.Self!;

    /// <summary>Whether a module could be moved here. Changes nothing.</summary>
    public MoveOffer Consider(MoveQuestion question)
    {
        var obstacles = new List<string>();
        var isSameDirectory =
            question.Marker is not null && File.Exists(Path.Combine(context.Directory.Path, Path.GetFileName(question.Marker)));
        var free = new DriveInfo(context.Directory.Path).AvailableFreeSpace;
        if (known.Find(question.Module) is not { } module)
        {
            obstacles.Add($"This process knows no module '{question.Module}'.");
        }
        else
        {
            if (module.Build != question.Build)
            {
                obstacles.Add("It runs another build of the module. Run the same build in both processes.");
            }
            if (modules.Find(module.Name) is not null)
            {
                obstacles.Add("It runs the module itself.");
            }
            else if (!isSameDirectory && File.Exists(context.Directory.FileOf(module)))
            {
                obstacles.Add($"Its data directory has a file {module.FileName} already. Move that file to another directory.");
            }
        }
        // The write-ahead log is moved into the file, so that both are there for a moment.
        if (!isSameDirectory && free < question.FileBytes * 2)
        {
            obstacles.Add($"Its disk has {free / 1024 / 1024:N0} MiB free, and {question.FileBytes * 2 / 1024 / 1024:N0} MiB are needed.");
        }
        return new MoveOffer(obstacles, isSameDirectory, free);
    }

    /// <summary>Begins a move. An earlier one of the same module that was not accepted is forgotten.</summary>
    /// <exception cref="ConflictException">The module runs here, or cannot run here.</exception>
    public async Task Begin(MovePlan plan, bool isSameDirectory, CancellationToken ct)
    {
        if (modules.Find(plan.Module) is not null || IsAnyAccepted(plan.Module))
        {
            throw new ConflictException($"Process '{Self}' runs '{plan.Module}' itself, or has accepted it before.");
        }
        Forget(plan.Module);
        var source = known.SourceOf(plan.Module)!;
        await TryOut(source, ct);
        JournalOf(plan.Module).Write(new ArrivalEntry(plan, MoveDecision.Open, isSameDirectory));
        // Prepared now, so that the module's clients do not have to wait for it.
        var preparing = Task.Run(() => PreparedModule.Prepare(source, context), ct);
        arriving[plan.Module] = new ArrivingFile(plan, context.Directory.Path, isSameDirectory, preparing);
    }

    /// <summary>Receives the file without its write-ahead log. Returns its SHA-256.</summary>
    public Task<string> ReceiveFile(string module, Guid id, Stream content, CancellationToken ct) =>
        Find(module, id).ReceiveFile(content, ct);

    /// <summary>Receives a part of the write-ahead log. What was received after this offset before is dropped.</summary>
    public Task ReceiveWal(string module, Guid id, long offset, Stream content, CancellationToken ct) =>
        Find(module, id).ReceiveWal(offset, content, ct);

    /// <summary>
    /// Checks what has arrived, accepts the module and starts it. If the write-ahead log is not complete, the decision stays open, and it
    /// can be sent again.
    /// </summary>
    public async Task<MoveOutcome> Accept(string module, Guid id, MoveSeal seal, CancellationToken ct)
    {
        await deciding.WaitAsync(ct);
        try
        {
            var arrived = Find(module, id);
            if (!arrived.IsSameDirectory && await arrived.WalHash(ct) != seal.WalHash)
            {
                return new MoveOutcome(MoveDecision.Open, "The write-ahead log has not arrived as it was sent.");
            }
            var descriptor = known.Find(module)!;
            if (arrived.IsSameDirectory)
            {
                context.Directory.Take(descriptor);
            }
            if (arrived.Difference(seal) is { } difference)
            {
                context.Directory.Release(descriptor);
                return RefuseCore(arrived.Plan, difference);
            }
            placement.BeginMove(module); // Requests that come here wait now, and are not sent back.
            try
            {
                Commit(descriptor, arrived, seal.HashKey);
            }
            catch
            {
                placement.EndMove(module, isHere: false);
                throw;
            }
            return await Start(descriptor, arrived);
        }
        finally
        {
            deciding.Release();
        }
    }

    /// <summary>Refuses a move for ever, unless it was accepted.</summary>
    public async Task<MoveOutcome> Refuse(MovePlan plan, CancellationToken ct)
    {
        await deciding.WaitAsync(ct);
        try
        {
            return IsAccepted(plan) ? new MoveOutcome(MoveDecision.Accepted, State: StateOf(plan.Module)) : RefuseCore(plan, reason: null);
        }
        finally
        {
            deciding.Release();
        }
    }

    public void Dispose() => deciding.Dispose();

    private async Task TryOut(ModuleSource source, CancellationToken ct)
    {
        try
        {
            await TrialRun.Run(source, context, ArrivingFile.TrialDirectoryOf(context.Directory.Path, source.Descriptor.Name), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotTriedOut(e, source.Descriptor.Name);
            throw new ConflictException($"'{source.Descriptor.Name}' cannot be started in process '{Self}': {e.Message}");
        }
    }

    private void Commit(ModuleDescriptor module, ArrivingFile arrived, byte[] hashKey)
    {
        var faults = context.FaultsOf(module.Name);
        context.Directory.Take(module);
        if (!arrived.IsSameDirectory)
        {
            HashKey.Keep(context.Directory.Path, module.Name, hashKey);
        }
        faults.Reach(FaultPoint.ArrivalChecked);
        JournalOf(module.Name).Write(new ArrivalEntry(arrived.Plan, MoveDecision.Accepted, arrived.IsSameDirectory));
        faults.Reach(FaultPoint.ArrivalAccepted);
    }

    private async Task<MoveOutcome> Start(ModuleDescriptor module, ArrivingFile arrived)
    {
        arriving.TryRemove(module.Name, out _);
        arrived.PutInPlace(context.Directory.FileOf(module));
        context.FaultsOf(module.Name).Reach(FaultPoint.ArrivalPlaced);
        var supervisor = modules.Add(known.SourceOf(module.Name)!);
        await supervisor.Start(arrived.Preparing, CancellationToken.None);
        await BecomeCurrent(supervisor);
        placement.EndMove(module.Name, isHere: true);
        await Settle(module.Name);
        return new MoveOutcome(MoveDecision.Accepted, State: StateOf(module.Name));
    }

    // Commands that decide on read copies would be refused until the subscriptions have reached their sources for the first time.
    private async Task BecomeCurrent(ModuleSupervisor supervisor)
    {
        using var limit = new CancellationTokenSource(context.Options.Bus.AnswerTimeout, context.Clock);
        foreach (var subscription in supervisor.Services?.GetRequiredService<Subscriptions>().All ?? [])
        {
            var changed = subscription.Changed;
            while (subscription.WhyNotCurrent is not null && !limit.IsCancellationRequested)
            {
                await ((Task)changed.WaitAsync(limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                changed = subscription.Changed;
            }
        }
    }

    // Until the topology names this process, the journal stays, so that the next start of this process puts that right.
    private async Task Settle(string module)
    {
        try
        {
            placement.Use(await file.Place(module, Self));
            JournalOf(module).Delete();
        }
        catch (Exception e)
        {
            LogNotSettled(e, module);
        }
    }

    private string StateOf(string module) => modules.Find(module) is { } here ? $"{here.State} {here.Reason}".Trim() : "";

    private MoveOutcome RefuseCore(MovePlan plan, string? reason)
    {
        // Another move of the module was accepted: this one cannot be any more.
        if (IsAnyAccepted(plan.Module))
        {
            return new MoveOutcome(MoveDecision.Refused, reason);
        }
        Forget(plan.Module);
        JournalOf(plan.Module).Write(new ArrivalEntry(plan, MoveDecision.Refused, IsSameDirectory: false));
        return new MoveOutcome(MoveDecision.Refused, reason);
    }

    private bool IsAnyAccepted(string module) => JournalOf(module).Read() is { Decision: MoveDecision.Accepted };

    // When the journal is gone, the file still says so.
    private bool IsAccepted(MovePlan plan) =>
        JournalOf(plan.Module).Read() is { Decision: MoveDecision.Accepted } entry && entry.Plan.Id == plan.Id
        || known.Find(plan.Module) is { } module
            && modules.Find(plan.Module) is not null
            && Ownership.In(context.Directory.FileOf(module)) is { } found
            && found.Owner == Self
            && found.Generation >= plan.Generation;

    private ArrivingFile Find(string module, Guid id) =>
        arriving.TryGetValue(module, out var found) && found.Plan.Id == id
            ? found
            : throw new ConflictException($"Process '{Self}' does not expect '{module}', or does not any more.");

    private void Forget(string module)
    {
        if (arriving.TryRemove(module, out var earlier))
        {
            earlier.Discard();
        }
        ArrivingFile.DeleteAll(context.Directory.Path, module);
    }

    private MoveJournal<ArrivalEntry> JournalOf(string module) => ArrivalRecovery.JournalOf(context.Directory.Path, module);

    [LoggerMessage(LogLevel.Error, "{Module} cannot be started here, so it is not taken over")]
    private partial void LogNotTriedOut(Exception exception, string module);

    [LoggerMessage(LogLevel.Error, "The topology does not name this process for {Module} yet; the next start puts that right")]
    private partial void LogNotSettled(Exception exception, string module);
}
