using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Hosting;

/// <summary>What a host decides: which modules, where their files are, where to listen.</summary>
public sealed record ModularApplicationOptions
{
    /// <summary>The modules to run in this process.</summary>
    public required IReadOnlyList<Module> Modules { get; init; }

    /// <summary>The directory of the modules' files; created if need be.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons. Port 0 takes a free one.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>What the configuration of the process has to say about where to listen.</summary>
    public ConfiguredAddresses ConfiguredAddresses { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Configuration and logging of the process.</summary>
    public Action<WebApplicationBuilder>? ConfigureBuilder { get; init; }

    /// <summary>Pages and endpoints that belong to the host and to no module.</summary>
    public Action<WebApplication>? ConfigureRoot { get; init; }

    /// <summary>A last word on each module's container, for tests that make a module fail.</summary>
    public Action<Module, IServiceCollection>? ConfigureServices { get; init; }

    /// <summary>Called at each fault point of each module, to break it there. Only a test gives one.</summary>
    internal Action<string, FaultPoint>? FaultHook { get; init; } = KillAtFaultPoint.FromEnvironment();
}

/// <summary>How addresses are used that the configuration names in <c>Kestrel:Endpoints</c>.</summary>
public enum ConfiguredAddresses
{
    /// <summary>They are listened on, and <see cref="ModularApplicationOptions.Urls"/> only if there are none.</summary>
    Used,

    /// <summary>They are ignored.</summary>
    Overruled,

    /// <summary>
    /// They are ignored, and so is every other setting of the server: the application serves only the process that started
    /// it, and the settings are meant for other processes.
    /// </summary>
    Foreign,
}
