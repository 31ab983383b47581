using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Processes;

/// <summary>What a process needs to work together with the others of its topology.</summary>
internal sealed record ProcessBus(BusSecret Secret, BusClient Client, Gateway Gateway, BusOptions Options);

/// <summary>Registers it in the root container.</summary>
internal static class ProcessBusServices
{
    public static void AddProcessBus(this IServiceCollection services, TopologyFile file, Placement placement, KernelOptions settings)
    {
        services.AddHttpForwarder();
        services.AddFeedCompression();
        services.AddSingleton(file);
        services.AddSingleton(settings.Bus);
        services.AddSingleton(settings.Http);
        services.AddSingleton(BusSecret.ReadOrMake(placement.Topology!.SecretFile));
        services.AddSingleton<BusClient>();
        services.AddSingleton<Gateway>();
        services.AddSingleton<ProcessBus>();
        services.AddSingleton<TopologyWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<TopologyWatch>());
        services.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<RemoteLogs>(
                provider,
                placement.Topology.Processes.SelectMany(process => process.Modules).ToList(),
                (Func<PlacedProcess, AskProcess>)provider.GetRequiredService<BusClient>().ConnectTo
            )
        );
    }
}
