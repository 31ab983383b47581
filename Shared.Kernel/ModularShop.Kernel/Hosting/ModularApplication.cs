using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Moves;
using ModularShop.Kernel.Operations;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Hosting;

/// <summary>
/// One process of isolated modules behind one Kestrel server. Each module is its own <see cref="WebApplication"/>. Modules share only
/// configuration, logging, the clock and the registry of event logs.
/// </summary>
public sealed class ModularApplication : IAsyncDisposable
{
    private readonly DataDirectory directory;
    private readonly WebApplication root;
    private readonly ModuleSupervisors modules;
    private readonly TimeSpan drainTimeout;
    private readonly ConfiguredAddresses configured;
    private Task starting = Task.CompletedTask;

    private ModularApplication(
        DataDirectory directory,
        WebApplication root,
        ModuleSupervisors modules,
        TimeSpan drainTimeout,
        ConfiguredAddresses configured
    )
    {
        this.directory = directory;
        this.root = root;
        this.modules = modules;
        this.drainTimeout = drainTimeout;
        this.configured = configured;
    }

    /// <summary>The address where the application listens. Available after the start.</summary>
    public Uri Address => ServerAddresses.Of(root.Services.GetRequiredService<IServer>().Features);

    /// <summary>
    /// Whether the configuration contains addresses in <c>Kestrel:Endpoints</c>. The options decide whether they are used.
    /// </summary>
    public bool HasConfiguredAddresses => ServerAddresses.AreIn(root.Configuration);

    /// <summary>The modules that could not start, each with the reason and, if known, what to do.</summary>
    public IReadOnlyDictionary<string, string> Quarantined =>
        modules
            .All.Where(module => module.State == ModuleState.Quarantined)
            .ToDictionary(module => module.Descriptor.Name, module => $"{module.Reason} {module.Cure}".Trim());

    /// <summary>Locks the modules' files in the data directory and composes the modules. Nothing runs yet.</summary>
    /// <exception cref="DirectoryInUseException">Another process holds the data directory, or one of the modules in it.</exception>
    /// <exception cref="InvalidSettingException">A setting, the topology or its secret is not valid.</exception>
    public static ModularApplication Create(ModularApplicationOptions options)
    {
        var directory = DataDirectory.Share(options.DataDirectory);
        try
        {
            var placement = PlacementOf(options, directory);
            IReadOnlyList<ModuleSource> hosted = [.. options.Modules.Where(module => placement.Of(module.Descriptor.Name) is Place.Here)];
            foreach (var module in hosted)
            {
                directory.Take(module.Descriptor);
            }
            return Compose(options, directory, placement, hosted);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Starts the modules, then listens. A module that cannot start is quarantined; the others run.</summary>
    /// <exception cref="InvalidSettingException">A configured address is not valid.</exception>
    /// <exception cref="IOException">An address is in use or not available.</exception>
    public async Task Start(CancellationToken ct = default)
    {
        starting = modules.Start(ct);
        // A module that starts slowly, or never, does not prevent the others from answering.
        await Task.WhenAny(starting, Task.Delay(modules.StartWait, ct));
        try
        {
            await root.StartAsync(ct);
        }
        catch (Exception e) when (configured is ConfiguredAddresses.Used && HasConfiguredAddresses && e is not OperationCanceledException)
        {
            throw ServerAddresses.Refused(e);
        }
        directory.Announce(Address);
    }

    /// <summary>Completes when the process is asked to end.</summary>
    public Task WaitForShutdown(CancellationToken ct = default) => root.WaitForShutdownAsync(ct);

    /// <summary>Completes the running requests, then stops the modules and releases the data directory.</summary>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(drainTimeout);
        await root.StopAsync(timeout.Token);
        await modules.Stop(timeout.Token);
        await root.DisposeAsync();
        directory.Dispose();
    }

    private static Placement PlacementOf(ModularApplicationOptions options, DataDirectory directory)
    {
        var names = options.Modules.Select(module => module.Descriptor.Name);
        if (options.Topology is null)
        {
            return new Placement(topology: null, self: null, options.Hosted ?? [.. names]);
        }
        options.Topology.ReadProcess(options.Process!); // Nothing is changed for a process that is not in the file.
        IReadOnlyList<ModuleDescriptor> modules = [.. options.Modules.Select(module => module.Descriptor)];
        // Rarely anything to do, and nothing runs yet.
        ArrivalRecovery.Run(directory, modules, options.Topology, options.Process!).GetAwaiter().GetResult();
        var undecided = DepartureRecovery.Undecided(directory, modules).Select(found => found.Module.Name);
        var topology = options.Topology.Read();
        return new Placement(topology, options.Process, topology.Find(options.Process!)!.Modules.Except(undecided));
    }

    private static ModularApplication Compose(
        ModularApplicationOptions options,
        DataDirectory directory,
        Placement placement,
        IReadOnlyList<ModuleSource> hosted
    )
    {
        var builder = RootBuilder.Create();
        options.ConfigureBuilder?.Invoke(builder);
        var settings = KernelOptions.Read(builder.Configuration);
        // Modules may be moved here later.
        ReserveThreads(options.Topology is null ? hosted.Count : options.Modules.Count, settings.Http.Threads);
        builder.ListenOn(options.Urls, options.ConfiguredAddresses);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddSingleton(directory);
        builder.Services.AddSingleton(placement);
        builder.Services.AddSingleton(new KnownModules(options.Modules));
        builder.Services.AddSingleton<ILogRegistry, LogRegistry>();
        builder.Services.AddSingleton(services => ContextOf(options, settings, directory, placement, services));
        builder.Services.AddSingleton(services => new ModuleSupervisors(hosted, services.GetRequiredService<ModuleSupervisorContext>()));
        builder.Services.AddProblems();
        builder.Services.AddModuleHealthChecks(options.Modules.Select(module => module.Descriptor));
        builder.Services.AddOperationsOpenApi();
        builder.Services.AddOperations(hasProcesses: options.Topology is not null);
        if (options.Topology is not null)
        {
            builder.Services.AddProcessBus(options.Topology, placement, settings);
            builder.Services.AddMoves();
        }
        // The framework's host filter is switched off: it would run before this code, and for the root only. See UseAllowedHosts.
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);
        PutFrontServerBefore(builder.Services, settings.Http);

        var root = RootBuilder.Build(builder);
        root.UseProblems();
        root.UseAllowedHosts();
        root.MapHealth();
        if (root.Services.GetService<ProcessBus>() is { } bus)
        {
            root.MapBus(bus.Secret);
            root.MapMoves();
            root.UseModuleElsewhere(bus.Gateway);
        }
        root.MapOperations(hasProcesses: options.Topology is not null);
        options.ConfigureRoot?.Invoke(root);
        root.MapFallback("{*path}", ModuleUnavailable.Answer);
        var supervisors = root.Services.GetRequiredService<ModuleSupervisors>();
        return new ModularApplication(directory, root, supervisors, settings.Http.DrainTimeout, options.ConfiguredAddresses);
    }

    // Modules may block the threads of their requests and one writer thread each. The minimum covers them all: beyond it, the pool adds
    // a thread only every half second, and every module would wait.
    private static void ReserveThreads(int modules, int requestThreads)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + modules * (requestThreads + 1)), completions);
    }

    private static ModuleSupervisorContext ContextOf(
        ModularApplicationOptions options,
        KernelOptions settings,
        DataDirectory directory,
        Placement placement,
        IServiceProvider services
    ) =>
        new(
            directory,
            settings,
            services.GetRequiredService<IConfiguration>(),
            services.GetRequiredService<ILoggerFactory>(),
            options.Clock,
            services.GetRequiredService<ILogRegistry>(),
            options.ConfigureServices,
            options.FaultHook,
            placement.Self
        );

    private static void PutFrontServerBefore(IServiceCollection services, HttpOptions options)
    {
        var kestrel = services.Last(service => service.ServiceType == typeof(IServer));
        services.Remove(kestrel);
        services.AddSingleton<IServer>(provider => new FrontServer(
            (IServer)ActivatorUtilities.CreateInstance(provider, kestrel.ImplementationType!),
            provider.GetRequiredService<ModuleSupervisors>(),
            ForwardedAddress.From(options),
            provider.GetService<ProcessBus>()
        ));
    }
}
