using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

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
        field ??= [
            .. typeof(TDb)
                .Assembly.DefinedTypes.Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(Migration)))
                .Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(TDb))
                .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
                .OfType<string>()
                .Order(StringComparer.Ordinal),
        ];

    internal sealed override ModuleDbContext ContextWithoutFile() => ContextWithoutFile(NullLoggerFactory.Instance);

    internal sealed override void CheckModel(ILoggerFactory loggers)
    {
        using var db = ContextWithoutFile(loggers);
        _ = db.Model;
        DirectWrites.Check(db, Assembly.GetTypes());
    }

    internal sealed override async Task Migrate(ModuleDatabase database, ILoggerFactory loggers, FaultPoints faults, CancellationToken ct)
    {
        // The usual case at a start. Without EF Core's lock and its comparison of models, this saves four commits.
        if (!Migrations.Except(MigrationHistory.In(database.Writer)).Any())
        {
            return;
        }
        await using var db = Writing(database, Application(loggers), new MigrationFaults(faults)).CreateDbContext();
        MigrationCheck.RequireAll(this, db);
        // EF Core's lock stays in the file if the process is killed during a migration, and the next start would wait for it forever.
        // The data directory has one owner, so no other process can be migrating now.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
        await db.Database.MigrateAsync(ct);
    }

    internal sealed override void AddDatabase(IServiceCollection services, ModuleDatabase database, ILoggerFactory loggers)
    {
        var application = Application(loggers);
        var reading = new ConditionalWeakTable<PreparedConnection, PooledDbContextFactory<TDb>>();
        // The file is opened after the container is built.
        var writing = new Lazy<PooledDbContextFactory<TDb>>(() => Writing(database, application));
        services.AddScoped(_ => database.OpenReader());
        services.AddScoped(scope =>
        {
            if (scope.GetRequiredService<UnitOfWorkScope>().Transaction is null)
            {
                var reader = scope.GetRequiredService<Reader>().Connection;
                return reading.GetValue(reader, connection => Reading(connection, application)).CreateDbContext();
            }
            var db = writing.Value.CreateDbContext();
            // The writer begins, saves and commits for the whole group.
            db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
            db.Database.AutoSavepointsEnabled = false;
            return db;
        });
        services.AddScoped<ModuleDbContext>(scope => scope.GetRequiredService<TDb>());
    }

    private static TDb ContextWithoutFile(ILoggerFactory loggers) =>
        new PooledDbContextFactory<TDb>(Options(Application(loggers)).UseSqlite(Configure).Options).CreateDbContext();

    // Each connection has its own context, because EF Core binds a context to the connection that it was created with.
    private static PooledDbContextFactory<TDb> Reading(PreparedConnection connection, IServiceProvider application) =>
        new(
            Options(application)
                .UseSqlite(connection, Configure)
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
                .AddInterceptors(new RefuseToSave())
                .Options,
            poolSize: 1
        );

    private static PooledDbContextFactory<TDb> Writing(
        ModuleDatabase database,
        IServiceProvider application,
        params IReadOnlyList<IInterceptor> interceptors
    ) => new(Options(application).UseSqlite(database.Writer, Configure).AddInterceptors(interceptors).Options);

    // A list in a query becomes one parameter. By default the SQL varies with the list's length, so it could not stay prepared.
    private static void Configure(SqliteDbContextOptionsBuilder sqlite) =>
        sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter);

    // EF Core refuses UseLoggerFactory beside its own services, and takes its loggers from here.
    private static ServiceProvider Application(ILoggerFactory loggers) =>
        new ServiceCollection().AddSingleton(loggers).BuildServiceProvider();

    private static DbContextOptionsBuilder<TDb> Options(IServiceProvider application)
    {
        var options = new DbContextOptionsBuilder<TDb>();
        options.UseInternalServiceProvider(EfServices<TDb>.Provider);
        options.UseApplicationServiceProvider(application);
        // MigrationCheck compares the models, and names the command that adds the missing migration.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        return options;
    }
}
