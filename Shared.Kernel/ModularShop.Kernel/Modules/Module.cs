using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
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
/// A module's face to its host. Derive from <see cref="Module{TDb}"/>. A module has its own container, request
/// pipeline, database file and event log, and knows other modules by their event contracts only.
/// </summary>
public abstract class Module
{
    private protected Module() { }

    /// <summary>The module's name in kebab case: its route prefix, the name of its file and the prefix of its events.</summary>
    public abstract string Name { get; }

    /// <summary>One line for people.</summary>
    public abstract string Description { get; }

    /// <summary>Where its subscriptions begin. The default is the beginning.</summary>
    public virtual StartFrom StartFrom => StartFrom.Beginning;

    /// <summary>
    /// Whether its file holds anything that cannot be had again from the logs of other modules. If so, a file that is missing
    /// or was emptied is never begun anew in silence, and no advice drops it. A module that owns nothing publishes nothing and
    /// reads from the beginning. That read copies can be rebuilt (<see cref="IsRebuildable"/>) says nothing of the rest.
    /// </summary>
    public virtual bool OwnsData => true;

    /// <summary>Whether it declares <see cref="Module{TDb}.ReadCopies"/>, which can be cleared and filled again from events.</summary>
    public bool IsRebuildable => DeclaredCopies.Any();

    /// <summary>The names of its read copies.</summary>
    public IReadOnlyList<string> ReadCopyNames => [.. DeclaredCopies.Select(copy => copy.Name)];

    /// <summary>The names of the events that it publishes.</summary>
    public IReadOnlyList<string> Publishes => field ??= PublishedEvents.In(Assembly, Name);

    /// <summary>The names of the events of other modules that it reacts to.</summary>
    public IReadOnlyList<string> ListensTo => field ??= [.. Handled.Types.Select(type => type.Name).Order(StringComparer.Ordinal)];

    /// <exception cref="InvalidOperationException">The module cannot react to events as it says it does.</exception>
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
    internal IReadOnlyList<string> Migrations()
    {
        using var db = ContextWithoutFile();
        return [.. db.Database.GetMigrations()];
    }

    /// <summary>A context that is asked about its model and migrations only.</summary>
    internal abstract ModuleDbContext ContextWithoutFile();

    internal abstract Task Migrate(ModuleDatabase database, ILoggerFactory loggers, FaultPoints faults, CancellationToken ct);

    internal abstract void AddDatabase(IServiceCollection services, ModuleDatabase database, ILoggerFactory loggers);

    /// <exception cref="InvalidOperationException">They are not what can be rebuilt, or a command decides on one that is not there.</exception>
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

/// <summary>A module with its <see cref="DbContext"/>, which the kernel migrates at start and hands out per scope.</summary>
public abstract class Module<TDb> : Module
    where TDb : ModuleDbContext
{
    /// <summary>What the module copied from other modules' events, and can be filled again from them. None unless it says so.</summary>
    protected virtual IReadOnlyList<ReadCopy<TDb>> ReadCopies => [];

    internal sealed override IEnumerable<(
        string Name,
        IReadOnlyList<Type> Reactions,
        Func<IServiceProvider, CancellationToken, Task> Clear
    )> DeclaredCopies =>
        ReadCopies.Select(copy =>
            (
                copy.Name,
                copy.Reactions,
                (Func<IServiceProvider, CancellationToken, Task>)((services, ct) => copy.Clear(services.GetRequiredService<TDb>(), ct))
            )
        );

    internal sealed override ModuleDbContext ContextWithoutFile() =>
        new PooledDbContextFactory<TDb>(new DbContextOptionsBuilder<TDb>().UseSqlite().Options).CreateDbContext();

    internal sealed override async Task Migrate(ModuleDatabase database, ILoggerFactory loggers, FaultPoints faults, CancellationToken ct)
    {
        await using var db = Writing(database, loggers, new MigrationFaults(faults)).CreateDbContext();
        // The usual start: without EF Core's lock and its comparison of models, and so without four commits.
        if (!db.Database.GetMigrations().Except(MigrationHistory.In(database.Writer)).Any())
        {
            return;
        }
        MigrationCheck.RequireAll(this, db);
        // EF Core's lock outlives a process that is killed while it migrates, and would be waited for, for ever. The data
        // directory has one owner, so nobody else can be migrating now.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
        await db.Database.MigrateAsync(ct);
    }

    internal sealed override void AddDatabase(IServiceCollection services, ModuleDatabase database, ILoggerFactory loggers)
    {
        var reading = new ConditionalWeakTable<PreparedConnection, PooledDbContextFactory<TDb>>();
        var writing = Writing(database, loggers);
        services.AddScoped(_ => database.OpenReader());
        services.AddScoped(scope =>
        {
            if (scope.GetRequiredService<UnitOfWork>().Transaction is null)
            {
                var reader = scope.GetRequiredService<Reader>().Connection;
                return reading.GetValue(reader, connection => Reading(connection, loggers)).CreateDbContext();
            }
            var db = writing.CreateDbContext();
            // The writer begins, saves and commits for the whole group.
            db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
            db.Database.AutoSavepointsEnabled = false;
            return db;
        });
        services.AddScoped<ModuleDbContext>(scope => scope.GetRequiredService<TDb>());
    }

    // One context for each connection: EF Core knows a context by the connection that it was made with.
    private static PooledDbContextFactory<TDb> Reading(PreparedConnection connection, ILoggerFactory loggers) =>
        new(
            Options(loggers)
                .UseSqlite(connection, Configure)
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
                .AddInterceptors(new RefuseToSave())
                .Options,
            poolSize: 1
        );

    private static PooledDbContextFactory<TDb> Writing(
        ModuleDatabase database,
        ILoggerFactory loggers,
        params IReadOnlyList<IInterceptor> interceptors
    ) => new(Options(loggers).UseSqlite(database.Writer, Configure).AddInterceptors(interceptors).Options);

    // A list in a query is one parameter. By default its SQL varies with the length, is made anew for each, and not kept prepared.
    private static void Configure(SqliteDbContextOptionsBuilder sqlite) =>
        sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter);

    private static DbContextOptionsBuilder<TDb> Options(ILoggerFactory loggers)
    {
        var options = new DbContextOptionsBuilder<TDb>();
        options.UseLoggerFactory(loggers);
        // MigrationCheck compares the models, and names the command that adds the missing migration.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        return options;
    }
}
