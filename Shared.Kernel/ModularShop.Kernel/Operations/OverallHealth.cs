using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>The health of all modules and subscriptions of the shop, in this process and in others.</summary>
internal sealed class OverallHealth(
    KnownModules known,
    HealthCheckService checks,
    ModuleSupervisors modules,
    OtherProcesses? others = null,
    TopologyWatch? watch = null
)
{
    /// <summary>The modules of this process, their subscriptions, and the topology file if it is not used as it is.</summary>
    public async Task<HealthView> Here(CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(check => check.Tags.Any(module => modules.Find(module) is not null), ct);
        var entries = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new HealthEntry(entry.Value.Status, entry.Value.Description, entry.Value.Data)
        );
        if (watch?.Problem is { } problem)
        {
            entries["topology"] = new HealthEntry(HealthStatus.Degraded, problem);
        }
        return HealthView.Of(entries);
    }

    /// <summary>All modules and subscriptions. Those of a process that cannot be asked are unhealthy.</summary>
    public async Task<HealthView> Everywhere(CancellationToken ct)
    {
        var here = await Here(ct);
        if (others is null)
        {
            return here;
        }
        var entries = new Dictionary<string, HealthEntry>(here.Entries);
        foreach (var told in await others.Ask<HealthView>(BusRoutes.Health, ct))
        {
            foreach (var (name, entry) in told.Answer?.Entries ?? Unreachable(told.Process, told.Problem!))
            {
                entries.TryAdd(name, entry);
            }
        }
        return HealthView.Of(entries);
    }

    private Dictionary<string, HealthEntry> Unreachable(PlacedProcess process, string problem) =>
        known
            .All.Where(module => process.Modules.Contains(module.Name))
            .ToDictionary(module => Health.NameOf(module), _ => new HealthEntry(HealthStatus.Unhealthy, problem));
}

/// <summary>The answer of <c>/health/ready</c>.</summary>
/// <param name="Status">The worst status of the entries.</param>
internal sealed record HealthView(
    [property: JsonConverter(typeof(KebabCaseJson<HealthStatus>))] HealthStatus Status,
    IReadOnlyDictionary<string, HealthEntry> Entries
)
{
    public static HealthView Of(IReadOnlyDictionary<string, HealthEntry> entries) =>
        new(entries.Values.Select(entry => entry.Status).Append(HealthStatus.Healthy).Min(), entries);
}

/// <summary>The health of a module or a subscription.</summary>
internal sealed record HealthEntry(
    [property: JsonConverter(typeof(KebabCaseJson<HealthStatus>))] HealthStatus Status,
    string? Description,
    IReadOnlyDictionary<string, object>? Data = null
);
