using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>
/// Moves modules from this process to others. A journal says how far a move has come; after a crash, the next start of the process
/// finishes or undoes it. While it is not known whether the other process has accepted the module, it runs nowhere.
/// </summary>
internal sealed partial class Departures(
    KnownModules known,
    ModuleSupervisorContext context,
    ModuleSupervisors modules,
    Placement placement,
    ProcessBus bus,
    MovePreflight preflight,
    MoveRerouting rerouting,
    ILogger<Departures> logger
) : BackgroundService
{
    private readonly SemaphoreSlim moving = new(1, 1);

    private string Self => placement.Self!;

    /// <summary>Moves a module, and returns when it runs in the other process.</summary>
    /// <param name="say">Called with each step, for people.</param>
    /// <returns>The longest time that a request may have waited.</returns>
    /// <exception cref="ConflictException">It cannot be moved there. It runs here as before.</exception>
    public async Task<TimeSpan> Move(string name, string to, bool dryRun, Func<string, Task> say, CancellationToken ct)
    {
        if (!await moving.WaitAsync(TimeSpan.Zero, ct))
        {
            throw new ConflictException($"Process '{Self}' is moving another module.");
        }
        try
        {
            var supervisor = modules.Find(name) ?? throw new NotFoundException("module", name);
            var module = supervisor.Descriptor;
            var other = ClientOf(placement.Topology!.Find(to) ?? throw new NotFoundException("process", to));
            var (plan, isSameDirectory) = await preflight.Check(supervisor, other, dryRun, say, ct);
            // From here on, the move goes on even if the caller disconnects.
            return dryRun ? TimeSpan.Zero : await Move(supervisor, plan, isSameDirectory, other, say);
        }
        catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException)
        {
            throw new ConflictException(e.Message);
        }
        finally
        {
            moving.Release();
        }
    }

    /// <summary>Finishes or undoes what the last run of this process has left behind.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            DepartureRecovery.Undecided(context.Directory, known.All).Select(found => Recover(found.Module, found.Entry, stoppingToken))
        );

    private async Task<TimeSpan> Move(
        ModuleSupervisor supervisor,
        MovePlan plan,
        bool isSameDirectory,
        MoveClient other,
        Func<string, Task> say
    )
    {
        var module = supervisor.Descriptor;
        var journal = JournalOf(module);
        var departure = new Departure(plan, isSameDirectory, module, context, other, journal, say);
        var isHere = true;
        try
        {
            // The move by which the module came here is over.
            ArrivalRecovery.JournalOf(context.Directory.Path, module.Name).Delete();
            await EmptyWal(supervisor);
            await departure.Prepare(supervisor.Database, CancellationToken.None);
            var held = context.Clock.GetTimestamp();
            placement.BeginMove(module.Name);
            await say("Requests wait.");
            var isGone = await supervisor.HandOver(
                new Ownership(plan.To, plan.Generation),
                departure.Sign,
                instance => HandOver(departure, module, instance, other),
                CancellationToken.None
            );
            if (!isGone)
            {
                throw new ConflictException($"Process {other.Process} has refused '{module.Name}'; it runs here again.");
            }
            isHere = false;
            rerouting.Route(module, plan);
            var pause = context.Clock.GetElapsedTime(held);
            await rerouting.Finish(module, new DepartureEntry(plan, IsSigned: true, isSameDirectory));
            await say($"'{module.Name}' runs in process '{plan.To}'. Requests waited for {pause.TotalMilliseconds:N0} ms at most.");
            LogMoved(module.Name, plan.To, pause.TotalMilliseconds);
            return pause;
        }
        catch (Exception e) when (e is not ConflictException)
        {
            LogFailed(e, module.Name, plan.To);
            throw;
        }
        finally
        {
            departure.EndCopy();
            if (isHere)
            {
                // If the file may still name the other process, the next start of this process decides.
                if (!departure.IsSigned || departure.IsUndone)
                {
                    journal.Delete();
                }
                placement.EndMove(module.Name, isHere: true);
            }
        }
    }

    // Runs while the module is suspended.
    private async Task<bool> HandOver(Departure departure, ModuleDescriptor module, ModuleInstance instance, MoveClient other)
    {
        MoveOutcome outcome;
        try
        {
            outcome = await departure.HandOver(instance, CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotAnswered(e, module.Name, departure.Plan.To);
            outcome = new MoveOutcome(MoveDecision.Open, e.Message);
        }
        departure.EndCopy();
        var decision =
            outcome.Decision == MoveDecision.Open ? await Decide(departure.Plan, other, CancellationToken.None) : outcome.Decision;
        await instance.DisposeAsync();
        if (decision == MoveDecision.Accepted)
        {
            context.FaultsOf(module.Name).Reach(FaultPoint.MoveAccepted);
            return true;
        }
        LogRefused(module.Name, departure.Plan.To, outcome.Reason);
        Undo(module, departure.Plan);
        departure.IsUndone = true;
        return false;
    }

    /// <summary>Asks until it is known. If the other process has not accepted the module yet, it never will.</summary>
    private async Task<MoveDecision> Decide(MovePlan plan, MoveClient other, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return (await other.Refuse(plan, ct)).Decision;
            }
            catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException or FormatException)
            {
                LogUndecided(plan.Module, e.Message);
                await Task.Delay(bus.Options.RetryDelay, context.Clock, ct);
            }
        }
    }

    // The module is not started yet: see DepartureRecovery.
    private async Task Recover(ModuleDescriptor module, DepartureEntry entry, CancellationToken ct)
    {
        var plan = entry.Plan;
        placement.BeginMove(module.Name);
        var other = placement.Topology!.Find(plan.To) is { } process ? ClientOf(process) : null;
        var decision = other is null ? MoveDecision.Refused : await Decide(plan, other, ct);
        LogRecovered(module.Name, plan.To, decision);
        if (decision == MoveDecision.Accepted)
        {
            rerouting.Route(module, plan);
            await rerouting.Finish(module, entry);
            return;
        }
        Undo(module, plan);
        JournalOf(module).Delete();
        await modules.Add(known.SourceOf(module.Name)!).Start(ct);
        placement.EndMove(module.Name, isHere: true);
    }

    // The module belongs to this process again, with a generation of its own, so that no copy from the move is ever used.
    private void Undo(ModuleDescriptor module, MovePlan plan)
    {
        context.Directory.Take(module);
        using var connection = OtherFile.OpenToComplete(context.Directory.FileOf(module));
        new Ownership(Self, plan.Generation + 1).Write(connection);
    }

    // After an erasure the writer empties the write-ahead log, so that there is less to send while requests wait.
    private static async Task EmptyWal(ModuleSupervisor supervisor) =>
        await supervisor
            .Services!.GetRequiredService<Writer>()
            .Run(
                (transaction, _) =>
                {
                    transaction.MarkErasure();
                    transaction.WriteSomething();
                    return Task.FromResult(true);
                },
                CancellationToken.None
            );

    private MoveClient ClientOf(PlacedProcess process) => new(bus.Client, process, bus.Options);

    private MoveJournal<DepartureEntry> JournalOf(ModuleDescriptor module) =>
        DepartureRecovery.JournalOf(context.Directory.Path, module.Name);

    [LoggerMessage(LogLevel.Information, "{Module} was moved to process {Process}; requests waited for {Milliseconds:F0} ms at most")]
    private partial void LogMoved(string module, string process, double milliseconds);

    [LoggerMessage(LogLevel.Information, "The move of {Module} to process {Process} was interrupted; it was {Decision}")]
    private partial void LogRecovered(string module, string process, MoveDecision decision);

    [LoggerMessage(LogLevel.Warning, "Process {Process} has not answered whether it takes over {Module}")]
    private partial void LogNotAnswered(Exception exception, string module, string process);

    [LoggerMessage(LogLevel.Error, "{Module} could not be moved to process {Process}")]
    private partial void LogFailed(Exception exception, string module, string process);

    [LoggerMessage(LogLevel.Warning, "Process {Process} has refused {Module}: {Reason}")]
    private partial void LogRefused(string module, string process, string? reason);

    [LoggerMessage(LogLevel.Warning, "Whether {Module} was taken over is not known, so it runs nowhere: {Reason}")]
    private partial void LogUndecided(string module, string reason);
}
