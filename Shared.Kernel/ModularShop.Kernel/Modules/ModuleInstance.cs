using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>A started module: its open file, its container, its pipeline and its subscriptions.</summary>
internal sealed class ModuleInstance : IAsyncDisposable
{
    private readonly ModuleDatabase database;
    private readonly EventLog log;
    private readonly ILogRegistry logs;
    private readonly WebApplication app;
    private bool stopping;

    private ModuleInstance(ModuleDatabase database, EventLog log, ILogRegistry logs, WebApplication app)
    {
        this.database = database;
        this.log = log;
        this.logs = logs;
        this.app = app;
        Server = (ModuleServer)app.Services.GetRequiredService<IServer>();
    }

    public ModuleServer Server { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>
    /// Opens and migrates the file, builds the container and pipeline, and starts subscriptions and background services.
    /// </summary>
    /// <param name="brokeDown">Called with the reason when the module fails later, while it runs.</param>
    /// <param name="accept">Whether a different file than before, or a new file in place of a missing one, is accepted.</param>
    public static async Task<ModuleInstance> Start(
        ModuleSource source,
        ModuleSupervisorContext context,
        Action<string, StorageFault?> brokeDown,
        CancellationToken ct,
        bool accept = false
    )
    {
        var module = source.Create();
        CheckDeclarations(module);
        var loggers = new ModuleLoggerFactory(context.Loggers, module.Name);
        var file = context.Directory.FileOf(source.Descriptor);
        var history = new FileHistory(file, source.Descriptor);
        if (!accept)
        {
            history.CheckPresence();
        }
        var database = ModuleDatabase.Open(file, connection => history.Check(connection, accept));
        EventLog? log = null;
        WebApplication? app = null;
        try
        {
            await module.Migrate(database, loggers, context.FaultsOf(module.Name), ct);
            history.Remember(database, loggers.CreateLogger<FileHistory>());
            log = new EventLog(module.Name, database, context.Options.Delivery);
            app = await Build(module, source.Descriptor, context, loggers, database, log);
            var instance = new ModuleInstance(database, log, context.Logs, app);
            try
            {
                await instance.Start(brokeDown, ct);
            }
            catch
            {
                await instance.DisposeAsync();
                throw;
            }
            return instance;
        }
        catch (Exception e)
        {
            // The exception may come from another database that the module's services use.
            var failure = database.Failed(e, database.Writer);
            if (app is not null)
            {
                await app.DisposeAsync();
            }
            log?.Dispose();
            database.Dispose();
            if (failure is StorageException && failure != e)
            {
                throw failure;
            }
            throw;
        }
    }

    /// <summary>Stops subscriptions and background services, waits for the writer, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping = true;
        logs.Unregister(log);
        var writer = Services.GetRequiredService<Writer>();
        // A pump may wait for a unit that ends only with the writer, so the pumps stop in parallel.
        var pumps = Task.Run(Services.GetRequiredService<Subscriptions>().Stop);
        // The writer must end and the file must be closed even if one of the module's services throws.
        try
        {
            // A service that blocks in its stop is left behind: this instance's writer must not run beside the next one's.
            await Task.Run(() => app.StopAsync()).WaitAsync(Services.GetRequiredService<HttpOptions>().DrainTimeout);
        }
        finally
        {
            try
            {
                await writer.DisposeAsync();
                await pumps;
                await app.DisposeAsync();
            }
            finally
            {
                log.Dispose();
                database.DisposeAfter(writer.Ended);
            }
        }
    }

    private async Task Start(Action<string, StorageFault?> brokeDown, CancellationToken ct)
    {
        database.Broke += fault => brokeDown(fault.Reason, fault);
        await app.StartAsync(ct);
        ModulePipeline.CheckEndpoints(app);
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            if (!stopping)
            {
                brokeDown("One of the module's background services failed; the log has the exception.", null);
            }
        });
        logs.Register(log);
        await Services.GetRequiredService<Subscriptions>().Start(ct);
    }

    private static void CheckDeclarations(Module module)
    {
        if (module.StartFrom == StartFrom.Now && module.DeclaredCopies.Any())
        {
            throw new InvalidOperationException("A module that starts from now has no history to be rebuilt from.");
        }
        if (!module.OwnsData && (module.StartFrom == StartFrom.Now || PublishedEvents.In(module.Assembly, module.Name).Count > 0))
        {
            throw new InvalidOperationException(
                "A module that owns no data publishes nothing, as its log would be its own, and reads from the beginning."
            );
        }
        PublishedEvents.CheckNames(module.Assembly, module.Name);
        MigrationCheck.RequireAny(module);
    }

    private static async Task<WebApplication> Build(
        Module module,
        ModuleDescriptor descriptor,
        ModuleSupervisorContext context,
        ILoggerFactory loggers,
        ModuleDatabase database,
        EventLog log
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = module.Assembly.GetName().Name });
        builder.Configuration.AddConfiguration(context.Configuration);
        var services = builder.Services;
        services.AddSingleton<IServer, ModuleServer>();
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = context.Options.Http.DrainTimeout);
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton(loggers));
        services.AddSingleton<TimeProvider>(new MillisecondClock(context.Clock));
        AddKernel(services, module, context, database, log);
        module.AddDatabase(services, database, loggers);
        ModulePipeline.AddServices(services, module, context.Options.Http);
        module.AddOwnServices(services, builder.Configuration);
        context.ConfigureServices?.Invoke(descriptor, services);
        MediatorServices.Complete(services, module.Handled);

        var app = builder.Build();
        try
        {
            ModulePipeline.Use(app, module, context.Options.Http);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static void AddKernel(
        IServiceCollection services,
        Module module,
        ModuleSupervisorContext context,
        ModuleDatabase database,
        EventLog log
    )
    {
        services.AddSingleton(new ModuleIdentity(module.Name, module.StartFrom));
        services.AddSingleton(context.Options.Writer);
        services.AddSingleton(context.Options.Delivery);
        services.AddSingleton(context.Options.Http);
        services.AddSingleton(context.Logs);
        var handled = module.Handled;
        services.AddSingleton(handled);
        services.AddSingleton(module.FindReadCopies());
        services.AddSingleton<EventTypes>();
        var serializer = new EventSerializer();
        services.AddSingleton(serializer);
        services.AddSingleton(Upcasters.In(module.Assembly, handled, serializer));
        services.AddSingleton(new KernelMetrics(module.Name));
        services.AddSingleton(context.FaultsOf(module.Name));
        services.AddSingleton(Random.Shared);
        // Registered as instances, which the container does not dispose of, because they outlive it.
        services.AddSingleton(database);
        services.AddSingleton(log);
        services.AddSingleton<PendingEvents>();
        services.AddSingleton<ITransactionParticipant>(provider => provider.GetRequiredService<PendingEvents>());
        services.AddSingleton<WriteTransaction>();
        services.AddSingleton<Writer>();
        services.AddHostedService<StorageWatch>();
        services.AddSingleton<UnitOfWorkRunner>();
        services.AddSingleton(context.Directory.HashKey);
        services.AddSingleton<KeyedRequests>();
        services.AddSingleton<Delivery>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<CurrentCopies>();
        services.AddScoped<UnitOfWorkScope>();
        services.AddScoped<RequestScope>();
        services.AddScoped<EventContext>();
        services.AddScoped<IdempotentAnswers>();
        services.AddScoped<IErasure, Erasure>();
        // Singletons: building a validator's rules takes longer than applying them.
        services.AddValidatorsFromAssembly(module.Assembly, ServiceLifetime.Singleton, includeInternalTypes: true);
        MediatorServices.Add(services, module.Assembly);
    }

    // The root application handles signals and Ctrl+C.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
