using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A module as its host sees it. Derive from <see cref="Module{TDb}"/>. A module has its own container, request pipeline, database file
/// and event log, and knows other modules by their event contracts only.
/// </summary>
public abstract class Module
{
    private protected Module() { }

    /// <summary>The module's name in kebab case: its route prefix, the name of its file and the prefix of its events.</summary>
    public abstract string Name { get; }

    /// <summary>A description in one line, for people.</summary>
    public abstract string Description { get; }

    /// <summary>Where the module's subscriptions begin. The default is the beginning.</summary>
    public virtual StartFrom StartFrom => StartFrom.Beginning;

    /// <summary>
    /// Whether the module's file contains data that cannot be restored from the logs of other modules. If so, a missing or emptied file
    /// is never replaced with a new one silently, and no advice to operators drops it. A module that owns no data must not publish
    /// events, and must read from the beginning. This is independent of <see cref="Module{TDb}.ReadCopies"/>.
    /// </summary>
    public virtual bool OwnsData => true;

    /// <exception cref="InvalidOperationException">The module's reactions are not valid.</exception>
    internal HandledEvents Handled => field ??= HandledEvents.In(Assembly, Name);

    internal Assembly Assembly => GetType().Assembly;

    /// <summary>Adds the module's own services. MediatR handlers, validators and the database are added by the kernel.</summary>
    protected virtual void AddServices(IServiceCollection services, IConfiguration configuration) { }

    /// <summary>Adds the module's own middleware, before its endpoints.</summary>
    protected virtual void Use(IApplicationBuilder app) { }

    /// <summary>Maps the module's endpoints, each feature in one line.</summary>
    protected abstract void Map(IEndpointRouteBuilder routes);

    internal void AddOwnServices(IServiceCollection services, IConfiguration configuration) => AddServices(services, configuration);

    internal void UseOwnMiddleware(IApplicationBuilder app) => Use(app);

    internal void MapOwnEndpoints(IEndpointRouteBuilder routes) => Map(routes);

    /// <summary>The names of the migrations that this build knows.</summary>
    internal abstract IReadOnlyList<string> Migrations { get; }

    /// <summary>A context that is asked about its model and migrations only.</summary>
    internal abstract ModuleDbContext ContextWithoutFile();

    /// <summary>Builds EF Core's model, and checks what the module's entities declare.</summary>
    /// <exception cref="InvalidOperationException">The model or a declaration is not valid.</exception>
    internal abstract void CheckModel(ILoggerFactory loggers);

    internal abstract Task Migrate(ModuleDatabase database, ILoggerFactory loggers, FaultPoints faults, CancellationToken ct);

    internal abstract void AddDatabase(IServiceCollection services, ModuleDatabase database, ILoggerFactory loggers);

    /// <exception cref="InvalidOperationException">
    /// A read copy cannot be rebuilt, or a command decides on a read copy that is not declared.
    /// </exception>
    internal ReadCopies FindReadCopies()
    {
        var copies = new ReadCopies(Name, DeclaredCopies, Handled);
        DecidesOnAttribute.Check(Assembly, Name, copies);
        return copies;
    }

    internal abstract IEnumerable<(
        string Name,
        IReadOnlyList<Type> Reactions,
        Func<IServiceProvider, CancellationToken, Task> Clear
    )> DeclaredCopies { get; }
}
