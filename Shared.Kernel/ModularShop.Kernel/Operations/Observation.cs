using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Operations;

/// <summary>Observes the load of the processes for some seconds: counters at the end, less those at the beginning.</summary>
internal sealed class Observation(ModuleSupervisors modules, Placement placement, TimeProvider clock, OtherProcesses? others = null)
{
    public const int MaxSeconds = 60;

    // Reading the sizes of this number of events takes a few milliseconds.
    private const int MaxMeasuredEvents = 10_000;

    /// <summary>All processes over the same time; 0 seconds: only what has been since their start. Those that cannot be asked have a problem.</summary>
    /// <exception cref="BadRequestException">The time is not allowed.</exception>
    public async Task<IReadOnlyList<ProcessLoadView>> Everywhere(int seconds, CancellationToken ct)
    {
        var here = Here(seconds, ct);
        var told = others is null ? [] : await others.Ask<ProcessLoadView>(BusRoutes.LoadFor(seconds), ct, TimeSpan.FromSeconds(seconds));
        return [await here, .. told.Select(process => process.Answer ?? Unreachable(process.Process.Name, process.Problem!))];
    }

    /// <summary>This process.</summary>
    /// <inheritdoc cref="Everywhere"/>
    public async Task<ProcessLoadView> Here(int seconds, CancellationToken ct)
    {
        if (seconds is < 0 or > MaxSeconds)
        {
            throw new BadRequestException(
                $"Observe for {MaxSeconds} seconds at most, or for 0: the totals since the start only.",
                "seconds"
            );
        }
        using var counting = ModuleCpu.Observe();
        var before = modules.All.ToDictionary(module => module, Sample.Of);
        var (begun, cpu) = (clock.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await Task.Delay(TimeSpan.FromSeconds(seconds), clock, ct);
        var (took, cpuAtEnd) = (clock.GetElapsedTime(begun), Environment.CpuUsage.TotalTime);
        var after = before.ToDictionary(module => module.Key, module => Sample.Of(module.Key));
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new ProcessLoadView(
            placement.Self,
            Problem: null,
            seconds == 0 ? 0 : took.TotalSeconds,
            (clock.GetUtcNow() - process.StartTime).TotalSeconds,
            Environment.ProcessorCount,
            (cpuAtEnd - cpu).TotalSeconds,
            cpuAtEnd.TotalSeconds,
            process.WorkingSet64,
            GC.GetTotalMemory(forceFullCollection: false),
            [.. before.Select(module => Load(module.Key, module.Value, after[module.Key]))],
            [.. before.SelectMany(module => Readings(module.Key, module.Value, after[module.Key]))]
        );
    }

    private static ModuleLoadView Load(ModuleSupervisor module, Sample? before, Sample? after)
    {
        var name = module.Descriptor.Name;
        if (before is null || after is null || before.Services != after.Services)
        {
            return NotKnown(name, "It did not run all the time.");
        }
        try
        {
            return new ModuleLoadView(
                name,
                Problem: null,
                after.Requests - before.Requests,
                after.Requests,
                (after.Cpu - before.Cpu)?.TotalSeconds,
                after.Last - before.Last,
                after.Last,
                after.Services.GetRequiredService<ModuleDatabase>().ReaderCacheBytes,
                SizesIn(after.Services.GetRequiredService<EventLog>(), before.Last, after.Last)
            );
        }
        catch (StorageException e)
        {
            return NotKnown(name, e.Message);
        }
    }

    private static ModuleLoadView NotKnown(string module, string problem) =>
        new(module, problem, Requests: 0, RequestsSinceStart: 0, CpuSeconds: null, Published: 0, Events: 0, CacheBytes: 0, Sizes: []);

    private static IReadOnlyList<EventSizeView> SizesIn(EventLog log, long before, long last)
    {
        var newest = Math.Max(0, last - MaxMeasuredEvents);
        var sizes = log.Sizes(before < last ? Math.Max(before, newest) : newest, last);
        return [.. sizes.Select(size => new EventSizeView(size.Name, size.Count, size.Bytes))];
    }

    // A rebuild sets the position back.
    private static IEnumerable<SubscriptionLoadView> Readings(ModuleSupervisor module, Sample? before, Sample? after) =>
        before is null || after is null || before.Services != after.Services
            ? []
            : after
                .Services.GetRequiredService<Subscriptions>()
                .All.Select(subscription => new SubscriptionLoadView(
                    module.Descriptor.Name,
                    subscription.Source,
                    Math.Max(0, after.Positions[subscription.Source] - before.Positions[subscription.Source]),
                    subscription.Freshness.Age?.TotalSeconds
                ));

    private static ProcessLoadView Unreachable(string process, string problem) =>
        new(
            process,
            problem,
            Seconds: 0,
            UptimeSeconds: 0,
            Processors: 0,
            CpuSeconds: 0,
            CpuSecondsSinceStart: 0,
            MemoryBytes: 0,
            ManagedBytes: 0,
            Modules: [],
            Subscriptions: []
        );

    /// <summary>The counters of a running module at one moment.</summary>
    /// <param name="Services">Another container means that the module was started again, and that its counters begin anew.</param>
    private sealed record Sample(
        IServiceProvider Services,
        long Requests,
        TimeSpan? Cpu,
        long Last,
        IReadOnlyDictionary<string, long> Positions
    )
    {
        /// <summary>Null when the module does not run.</summary>
        public static Sample? Of(ModuleSupervisor module) =>
            module.Services is { } services
                ? new Sample(
                    services,
                    ((ModuleServer)services.GetRequiredService<IServer>()).Received,
                    services.GetRequiredService<Writer>().ThreadCpu + services.GetRequiredService<KernelMetrics>().Cpu.Counted,
                    services.GetRequiredService<EventLog>().LastPosition,
                    services.GetRequiredService<Subscriptions>().All.ToDictionary(each => each.Source, each => each.Position)
                )
                : null;
    }
}
