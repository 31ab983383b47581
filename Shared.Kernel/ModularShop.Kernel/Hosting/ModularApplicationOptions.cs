using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Hosting;

/// <summary>The host's decisions: which modules run, where their files are, and where the process listens.</summary>
public sealed record ModularApplicationOptions
{
    /// <summary>All modules of the shop, for example <c>ModuleSource.Of&lt;OrdersModule&gt;()</c>.</summary>
    public required IReadOnlyList<ModuleSource> Modules { get; init; }

    /// <summary>The names of the modules to run in this process; null for all of them. With a topology, that decides.</summary>
    public IReadOnlyCollection<string>? Hosted { get; init; }

    /// <summary>The topology that this process is a part of; null when there are no other processes.</summary>
    public TopologyFile? Topology { get; init; }

    /// <summary>The name of this process in the topology.</summary>
    public string? Process { get; init; }

    /// <summary>The directory of the modules' files. It is created if it does not exist.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The addresses to listen on, separated by semicolons. Port 0 selects a free port.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>How addresses in the process's configuration are treated.</summary>
    public ConfiguredAddresses ConfiguredAddresses { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Configures the builder of the process: its configuration and logging.</summary>
    public Action<WebApplicationBuilder>? ConfigureBuilder { get; init; }

    /// <summary>Maps the host's own pages and endpoints, which belong to no module.</summary>
    public Action<WebApplication>? ConfigureRoot { get; init; }

    /// <summary>Changes each module's services last, for tests that make a module fail.</summary>
    public Action<ModuleDescriptor, IServiceCollection>? ConfigureServices { get; init; }

    /// <summary>Called at each fault point of each module, to make it fail there. Only tests set it.</summary>
    internal Action<string, FaultPoint>? FaultHook { get; init; } = KillAtFaultPoint.FromEnvironment();
}

/// <summary>How the addresses in <c>Kestrel:Endpoints</c> of the configuration are used.</summary>
public enum ConfiguredAddresses
{
    /// <summary>The addresses are used. <see cref="ModularApplicationOptions.Urls"/> applies only if there are none.</summary>
    Used,

    /// <summary>The addresses are ignored.</summary>
    Overruled,

    /// <summary>
    /// The addresses and all other server settings are ignored: the application serves only the process that started it, and the
    /// settings are meant for other processes.
    /// </summary>
    Foreign,
}
