using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// One process of isolated modules behind one Kestrel: each module is its own <see cref="WebApplication"/>, and all
/// they share is configuration, logging, the clock and the event bus.
/// </summary>
public sealed class ModularApplication : IAsyncDisposable
{
    private readonly DataDirectory directory;
    private readonly WebApplication root;
    private readonly ModuleHosts modules;
    private readonly TimeSpan drainTimeout;
    private Task starting = Task.CompletedTask;

    private ModularApplication(DataDirectory directory, WebApplication root, ModuleHosts modules, TimeSpan drainTimeout)
    {
        this.directory = directory;
        this.root = root;
        this.modules = modules;
        this.drainTimeout = drainTimeout;
    }

    /// <summary>Where the application listens. Known once it is started.</summary>
    public Uri Address =>
        new(
            root.Services.GetRequiredService<IServer>()
                .Features.GetRequiredFeature<IServerAddressesFeature>()
                .Addresses.First()
                .Replace("[::]", "localhost", StringComparison.Ordinal)
                .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
        );

    /// <summary>Modules that could not start, with the reason and, where it is known, what to do.</summary>
    public IReadOnlyDictionary<string, string> Quarantined =>
        modules
            .All.Where(module => module.State == ModuleState.Quarantined)
            .ToDictionary(module => module.Module.Name, module => $"{module.Reason} {module.Cure}".Trim());

    /// <summary>Takes hold of the data directory and composes the modules; nothing runs yet.</summary>
    /// <exception cref="DirectoryInUseException">Another process holds the data directory.</exception>
    public static ModularApplication Create(ModularApplicationOptions options)
    {
        var directory = DataDirectory.Hold(options.DataDirectory);
        try
        {
            return Compose(options, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Starts the modules, then listens. A module that cannot start is quarantined, the others run.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task Start(CancellationToken ct = default)
    {
        starting = modules.Start(ct);
        // One module that takes long, or for ever, does not keep the others from answering.
        await Task.WhenAny(starting, Task.Delay(modules.StartPatience, ct));
        await root.StartAsync(ct);
        directory.Announce(Address);
    }

    /// <summary>Returns when the process is asked to end.</summary>
    public Task WaitForShutdown(CancellationToken ct = default) => root.WaitForShutdownAsync(ct);

    /// <summary>Finishes the requests that were begun, then stops the modules and lets go of the data directory.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(drainTimeout);
        await root.StopAsync(patience.Token);
        await modules.Stop(patience.Token);
        await root.DisposeAsync();
        directory.Dispose();
    }

    private static ModularApplication Compose(ModularApplicationOptions options, DataDirectory directory)
    {
        // Without an eye on appsettings.json: it would be one on every file below, and be woken by each write to a module's.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        options.ConfigureBuilder?.Invoke(builder);
        var settings = KernelOptions.Read(builder.Configuration);
        ReserveThreads(options.Modules.Count, settings.Http.Threads);
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddSingleton(directory);
        builder.Services.AddSingleton<EventBus>();
        builder.Services.AddSingleton(services => Hosts(options, settings, directory, services));
        builder.Services.AddProblems();
        builder.Services.AddModuleHealthChecks(options.Modules);
        builder.Services.AddOperationsOpenApi();
        PutFrontServerBefore(builder.Services);

        var root = builder.Build();
        root.UseProblems();
        root.MapHealth();
        root.MapOperations();
        options.ConfigureRoot?.Invoke(root);
        root.MapFallback("{*path}", ModuleUnavailable.Answer);
        return new ModularApplication(directory, root, root.Services.GetRequiredService<ModuleHosts>(), settings.Http.DrainTimeout);
    }

    // Threads that modules block, at most those of their requests and one for each writer, are replaced at once: left to
    // itself, the pool would take half a second for each, and every module would wait for it.
    private static void ReserveThreads(int modules, int requestThreads)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + modules * (requestThreads + 1)), completions);
    }

    private static ModuleHosts Hosts(
        ModularApplicationOptions options,
        KernelOptions settings,
        DataDirectory directory,
        IServiceProvider services
    )
    {
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var context = new ModuleHostContext(
            directory,
            settings,
            services.GetRequiredService<IConfiguration>(),
            loggers,
            options.Clock,
            services.GetRequiredService<EventBus>(),
            options.ConfigureServices,
            options.FaultHook
        );
        return new ModuleHosts(
            options.Modules.Select(module => new ModuleHost(
                module,
                context,
                new ModuleLoggerFactory(loggers, module.Name).CreateLogger<ModuleHost>()
            )),
            settings.Http.StartPatience
        );
    }

    private static void PutFrontServerBefore(IServiceCollection services)
    {
        var kestrel = services.Last(service => service.ServiceType == typeof(IServer));
        services.Remove(kestrel);
        services.AddSingleton<IServer>(provider => new FrontServer(
            (IServer)ActivatorUtilities.CreateInstance(provider, kestrel.ImplementationType!),
            provider.GetRequiredService<ModuleHosts>()
        ));
    }
}
