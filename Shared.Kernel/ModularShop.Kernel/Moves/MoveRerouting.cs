using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Moves;

/// <summary>What is left to do when another process has accepted a module of this one.</summary>
internal sealed partial class MoveRerouting(
    ModuleSupervisorContext context,
    ModuleSupervisors modules,
    Placement placement,
    TopologyFile file,
    ProcessBus bus,
    ILogger<MoveRerouting> logger
)
{
    /// <summary>Sends requests to the other process. What else there is to do need not keep clients waiting.</summary>
    public void Route(ModuleDescriptor module, MovePlan plan)
    {
        modules.Remove(module.Name);
        placement.Use(placement.Topology!.With(module.Name, plan.To));
        placement.EndMove(module.Name, isHere: false);
    }

    /// <summary>
    /// Writes down where the module is, tells the other processes, and puts the old file aside. What a crash interrupts is repeated at the
    /// next start.
    /// </summary>
    public async Task Finish(ModuleDescriptor module, DepartureEntry entry)
    {
        var plan = entry.Plan;
        var topology = await Place(module, plan);
        placement.Use(topology);
        context.FaultsOf(module.Name).Reach(FaultPoint.MoveRouted);
        context.Directory.Release(module);
        await Task.WhenAll(placement.Others.Select(process => Tell(process, topology)));
        if (!entry.IsSameDirectory)
        {
            PutAside(module, plan);
        }
        DepartureRecovery.JournalOf(context.Directory.Path, module.Name).Delete();
    }

    // The other process writes the file too. Requests must reach it even if the file cannot be written here.
    private async Task<Topology> Place(ModuleDescriptor module, MovePlan plan)
    {
        try
        {
            return await file.Place(module.Name, plan.To);
        }
        catch (Exception e) when (e is InvalidSettingException or IOException or UnauthorizedAccessException)
        {
            LogNotPlaced(e, module.Name, plan.To);
            return placement.Topology!;
        }
    }

    private async Task Tell(PlacedProcess process, Topology topology)
    {
        try
        {
            await bus.Client.Post(
                process,
                "/bus/v1/topology",
                JsonContent.Create(topology),
                bus.Options.AnswerTimeout,
                CancellationToken.None
            );
        }
        catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException)
        {
            LogNotTold(process, e.Message); // It reads the file when it changes, or at its next start.
        }
    }

    private void PutAside(ModuleDescriptor module, MovePlan plan)
    {
        var path = context.Directory.FileOf(module);
        DepartedNote.Write(path, plan.To);
        if (File.Exists(path))
        {
            File.Move(path, $"{path}.moved-{plan.Generation}", overwrite: true);
        }
    }

    [LoggerMessage(LogLevel.Error, "The topology file could not be written: {Module} runs in process {Process} now")]
    private partial void LogNotPlaced(Exception exception, string module, string process);

    [LoggerMessage(LogLevel.Warning, "Process {Process} was not told of the new topology: {Reason}")]
    private partial void LogNotTold(PlacedProcess process, string reason);
}
