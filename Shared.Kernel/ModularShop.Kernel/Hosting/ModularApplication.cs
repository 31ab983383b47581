using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;

namespace ModularShop.Kernel.Hosting;

/// <summary>
/// One process of isolated modules behind one Kestrel: each module is its own <see cref="WebApplication"/>, and all
/// they share is configuration, logging, the clock and the event bus.
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

    /// <summary>Where the application listens. Known once it is started.</summary>
    public Uri Address => ServerAddresses.Of(root.Services.GetRequiredService<IServer>().Features);

    /// <summary>Whether the configuration names addresses in <c>Kestrel:Endpoints</c>. The options decide whether they are used.</summary>
    public bool HasConfiguredAddresses => ServerAddresses.AreIn(root.Configuration);

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
    /// <exception cref="InvalidSettingException">An address that is configured is none.</exception>
    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public async Task Start(CancellationToken ct = default)
    {
        starting = modules.Start(ct);
        // One module that takes long, or for ever, does not keep the others from answering.
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

    /// <summary>Returns when the process is asked to end.</summary>
    public Task WaitForShutdown(CancellationToken ct = default) => root.WaitForShutdownAsync(ct);

    /// <summary>Finishes the requests that were begun, then stops the modules and lets go of the data directory.</summary>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(drainTimeout);
        await root.StopAsync(timeout.Token);
        await modules.Stop(timeout.Token);
        await root.DisposeAsync();
        directory.Dispose();
    }

    private static ModularApplication Compose(ModularApplicationOptions options, DataDirectory directory)
    {
        var builder = NewBuilder();
        options.ConfigureBuilder?.Invoke(builder);
        var settings = KernelOptions.Read(builder.Configuration);
        ReserveThreads(options.Modules.Count, settings.Http.Threads);
        builder.ListenOn(options.Urls, options.ConfiguredAddresses);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddSingleton(directory);
        builder.Services.AddSingleton<ILogRegistry, LogRegistry>();
        builder.Services.AddSingleton(services => Hosts(options, settings, directory, services));
        builder.Services.AddProblems();
        builder.Services.AddModuleHealthChecks(options.Modules);
        builder.Services.AddOperationsOpenApi();
        // The framework's host filter is switched off: it would run before our code, and for the root only. See UseAllowedHosts.
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);
        PutFrontServerBefore(builder.Services, settings.Http);

        var root = Build(builder);
        root.UseProblems();
        root.UseAllowedHosts();
        root.MapHealth();
        root.MapOperations();
        options.ConfigureRoot?.Invoke(root);
        root.MapFallback("{*path}", ModuleUnavailable.Answer);
        var hosts = root.Services.GetRequiredService<ModuleSupervisors>();
        return new ModularApplication(directory, root, hosts, settings.Http.DrainTimeout, options.ConfiguredAddresses);
    }

    private static WebApplicationBuilder NewBuilder()
    {
        try
        {
            // appsettings.json is not watched: the watcher would watch every file below its directory, the modules' files too,
            // and run at each write to them.
            return WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        }
        catch (InvalidDataException e)
        {
            throw InvalidSettingException.Of(e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new InvalidSettingException(
                $"The content root {e.Message} does not exist. ASPNETCORE_CONTENTROOT or DOTNET_CONTENTROOT in the environment names it."
            );
        }
    }

    // The framework reads the settings of its logging here.
    private static WebApplication Build(WebApplicationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (Exception e)
            when (e is InvalidOperationException or ArgumentException
                && e.Source?.StartsWith("Microsoft.Extensions.Logging", StringComparison.Ordinal) is true
            )
        {
            throw new InvalidSettingException($"A setting below Logging cannot be used: {e.Message}");
        }
    }

    // Threads that modules block, at most those of their requests and one for each writer, are replaced at once: left to
    // itself, the pool would take half a second for each, and every module would wait for it.
    private static void ReserveThreads(int modules, int requestThreads)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + modules * (requestThreads + 1)), completions);
    }

    private static ModuleSupervisors Hosts(
        ModularApplicationOptions options,
        KernelOptions settings,
        DataDirectory directory,
        IServiceProvider services
    )
    {
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var context = new ModuleSupervisorContext(
            directory,
            settings,
            services.GetRequiredService<IConfiguration>(),
            loggers,
            options.Clock,
            services.GetRequiredService<ILogRegistry>(),
            options.ConfigureServices,
            options.FaultHook
        );
        return new ModuleSupervisors(
            options.Modules.Select(module => new ModuleSupervisor(
                module,
                context,
                new ModuleLoggerFactory(loggers, module.Name).CreateLogger<ModuleSupervisor>()
            )),
            settings.Http.StartWait
        );
    }

    private static void PutFrontServerBefore(IServiceCollection services, HttpOptions options)
    {
        var kestrel = services.Last(service => service.ServiceType == typeof(IServer));
        services.Remove(kestrel);
        services.AddSingleton<IServer>(provider => new FrontServer(
            (IServer)ActivatorUtilities.CreateInstance(provider, kestrel.ImplementationType!),
            provider.GetRequiredService<ModuleSupervisors>(),
            ForwardedAddress.From(options)
        ));
    }
}
