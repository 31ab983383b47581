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

/// <summary>
/// The container and pipeline of a module. The container owns all caches that hold the module's types, so that they are released with
/// it: event types, JSON options, MediatR's wrappers, limiters. EF Core's are in <see cref="EfServices{TDb}"/>.
/// </summary>
internal static class ModuleServices
{
    /// <summary>Builds both. Nothing runs yet, and the file may still be closed.</summary>
    public static async Task<WebApplication> Build(
        Module module,
        ModuleDescriptor descriptor,
        ModuleSupervisorContext context,
        ILoggerFactory loggers,
        ModuleDatabase database
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = descriptor.AssemblyName });
        builder.Configuration.AddConfiguration(context.Configuration);
        var services = builder.Services;
        services.AddSingleton<IServer, ModuleServer>();
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = context.Options.Http.DrainTimeout);
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton(loggers));
        services.AddSingleton<TimeProvider>(new MillisecondClock(context.Clock));
        AddKernel(services, module, context, database);
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

    private static void AddKernel(IServiceCollection services, Module module, ModuleSupervisorContext context, ModuleDatabase database)
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
        services.AddSingleton<EnvelopeFactory>();
        var serializer = new EventSerializer();
        services.AddSingleton(serializer);
        services.AddSingleton(Upcasters.In(module.Assembly, handled, serializer));
        services.AddSingleton(new KernelMetrics(module.Name));
        services.AddSingleton(context.FaultsOf(module.Name));
        services.AddSingleton(Random.Shared);
        // Registered as an instance, which the container does not dispose of: a unit that does not end may outlive the container.
        services.AddSingleton(database);
        services.AddSingleton(provider => new EventLog(module.Name, database, context.Options.Delivery));
        services.AddSingleton<PendingEvents>();
        services.AddSingleton<ITransactionParticipant>(provider => provider.GetRequiredService<PendingEvents>());
        services.AddSingleton<ErasureLedger>();
        services.AddSingleton<ITransactionParticipant>(provider => provider.GetRequiredService<ErasureLedger>());
        services.AddSingleton<RepeatedErasures>();
        services.AddSingleton<WriteTransaction>();
        services.AddSingleton<Writer>();
        services.AddHostedService<StorageWatch>();
        services.AddSingleton<UnitOfWorkRunner>();
        services.AddSingleton(new KeyedRequests(context.Directory.HashKeyOf(module.Name), module.Assembly));
        services.AddSingleton<AnswerSerializer>();
        services.AddSingleton<HandlerWrappers>();
        services.AddSubscriptions();
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
