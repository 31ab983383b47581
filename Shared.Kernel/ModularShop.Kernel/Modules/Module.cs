using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
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

/// <summary>A module with its <see cref="DbContext"/>, which the kernel migrates at start and hands out per scope.</summary>
public abstract class Module<TDb> : Module
    where TDb : ModuleDbContext
{
    /// <summary>The read copies of other modules' data, which can be filled again from their events. The default is none.</summary>
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

    // As EF Core finds them, but without the cost of its services.
    internal sealed override IReadOnlyList<string> Migrations =>
        field ??=
        [
            .. typeof(TDb)
                .Assembly.DefinedTypes.Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(Migration)))
                .Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(TDb))
                .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
                .OfType<string>()
                .Order(StringComparer.Ordinal),
        ];

    internal sealed override ModuleDbContext ContextWithoutFile() =>
        new PooledDbContextFactory<TDb>(new DbContextOptionsBuilder<TDb>().UseSqlite().Options).CreateDbContext();

    internal sealed override async Task Migrate(ModuleDatabase database, ILoggerFactory loggers, FaultPoints faults, CancellationToken ct)
    {
        await using var db = Writing(database, loggers, new MigrationFaults(faults)).CreateDbContext();
        DirectWrites.Check(db, Assembly.GetTypes());
        // The usual case at a start. Without EF Core's lock and its comparison of models, this saves four commits.
        if (!Migrations.Except(MigrationHistory.In(database.Writer)).Any())
        {
            return;
        }
        MigrationCheck.RequireAll(this, db);
        // EF Core's lock stays in the file if the process is killed during a migration, and the next start would wait for it forever.
        // The data directory has one owner, so no other process can be migrating now.
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
            if (scope.GetRequiredService<UnitOfWorkScope>().Transaction is null)
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

    // Each connection has its own context, because EF Core binds a context to the connection that it was created with.
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

    // A list in a query becomes one parameter. By default the SQL varies with the list's length, so it could not stay prepared.
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
