using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>Registers what operators ask for, in the root container.</summary>
internal static class OperationsServices
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<BackupSessions>();
        services.AddSingleton(provider => new Overview(
            provider.GetRequiredService<KnownModules>(),
            provider.GetRequiredService<DataDirectory>(),
            provider.GetRequiredService<ModuleSupervisors>(),
            provider.GetRequiredService<Placement>(),
            Others(provider),
            provider.GetService<TopologyWatch>()
        ));
        services.AddSingleton(provider => new OverallHealth(
            provider.GetRequiredService<KnownModules>(),
            provider.GetRequiredService<HealthCheckService>(),
            provider.GetRequiredService<ModuleSupervisors>(),
            Others(provider),
            provider.GetService<TopologyWatch>()
        ));
    }

    private static OtherProcesses? Others(IServiceProvider provider) =>
        provider.GetService<ProcessBus>() is { } bus
            ? new OtherProcesses(provider.GetRequiredService<Placement>(), bus.Client, bus.Options)
            : null;
}
