using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// Uses a new version of the topology file when the file changes. A version that is not valid, or that places a module elsewhere which
/// runs here, is not used: modules are moved while the shop runs, and not by an edit of the file.
/// </summary>
internal sealed partial class TopologyWatch(
    TopologyFile file,
    Placement placement,
    BusOptions options,
    TimeProvider clock,
    ILogger<TopologyWatch> logger
) : BackgroundService
{
    /// <summary>Why the file is not used as it is now; null when it is used.</summary>
    public string? Problem { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = Stamp();
        using var timer = new PeriodicTimer(options.RetryDelay, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Stamp() is var stamp && stamp != seen)
            {
                seen = stamp;
                Look();
            }
        }
    }

    private void Look()
    {
        try
        {
            var found = file.Read();
            Problem = ProblemOf(found);
            if (Problem is null && found.Version > placement.Topology!.Version)
            {
                placement.Use(found);
                LogUsed(found.Version);
            }
        }
        catch (InvalidSettingException e)
        {
            Problem = e.Message;
        }
        if (Problem is not null)
        {
            LogNotUsed(Problem);
        }
    }

    private string? ProblemOf(Topology found)
    {
        var used = placement.Topology!;
        if (found.Version < used.Version || found.Version == used.Version && !found.IsSameAs(used))
        {
            return $"{file.Path} has version {found.Version}, and version {used.Version} is in use: the version must grow with each change.";
        }
        var moved = used
            .Processes.SelectMany(process => process.Modules)
            .Where(module => placement.Of(module) is not Place.Moving)
            .FirstOrDefault(module => placement.Of(module) is Place.Here != (found.HostOf(module)?.Name == placement.Self));
        return moved is null
            ? null
            : $"{file.Path} has another process for '{moved}'. A module is moved by: modularshop move {moved} --to {found.HostOf(moved)!.Name}";
    }

    private (DateTime, long) Stamp() => new FileInfo(file.Path) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : default;

    [LoggerMessage(LogLevel.Information, "Version {Version} of the topology is used")]
    private partial void LogUsed(long version);

    [LoggerMessage(LogLevel.Error, "The topology file is not used: {Problem}")]
    private partial void LogNotUsed(string problem);
}
