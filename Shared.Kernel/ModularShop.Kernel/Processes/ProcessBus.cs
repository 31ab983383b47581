using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Events;
using Yarp.ReverseProxy.Forwarder;

namespace ModularShop.Kernel.Processes;

/// <summary>What a process needs to work together with the others of its topology.</summary>
internal sealed record ProcessBus(BusSecret Secret, BusClient Client, Gateway Gateway, BusOptions Options);

/// <summary>Registers it in the root container.</summary>
internal static class ProcessBusServices
{
    public static void AddProcessBus(
        this IServiceCollection services,
        TopologyFile file,
        Placement placement,
        BusOptions options,
        TimeProvider clock
    )
    {
        services.AddHttpForwarder();
        services.AddFeedCompression();
        var secret = BusSecret.ReadOrMake(placement.Topology!.SecretFile);
        services.AddSingleton(_ => new BusClient(secret, options.ConnectTimeout));
        services.AddSingleton(provider => new Gateway(placement, secret, provider.GetRequiredService<IHttpForwarder>(), options));
        services.AddSingleton(provider => new ProcessBus(
            secret,
            provider.GetRequiredService<BusClient>(),
            provider.GetRequiredService<Gateway>(),
            options
        ));
        services.AddSingleton(provider => new TopologyWatch(
            file,
            placement,
            options,
            clock,
            provider.GetRequiredService<ILogger<TopologyWatch>>()
        ));
        services.AddHostedService(provider => provider.GetRequiredService<TopologyWatch>());
        services.AddHostedService(provider => new RemoteLogs(
            [.. placement.Topology.Processes.SelectMany(process => process.Modules)],
            placement,
            provider.GetRequiredService<BusClient>().ConnectTo,
            provider.GetRequiredService<ILogRegistry>(),
            options,
            clock,
            provider.GetRequiredService<ILogger<RemoteLogs>>()
        ));
    }
}
