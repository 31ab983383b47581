using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Backups;

namespace ModularShop.Kernel.Operations;

/// <summary>Registers what operators ask for, in the root container.</summary>
internal static class OperationsServices
{
    /// <param name="hasProcesses">Whether there are other processes, which are asked too.</param>
    public static void AddOperations(this IServiceCollection services, bool hasProcesses)
    {
        services.AddSingleton<BackupSessions>();
        services.AddSingleton<Overview>();
        services.AddSingleton<Observation>();
        services.AddSingleton<OverallHealth>();
        if (hasProcesses)
        {
            services.AddSingleton<OtherProcesses>();
        }
    }
}
