using JasperFx.Resources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Hosting;
using Weasel.Sqlite;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Sqlite;

namespace ModularShop.Benchmarks.WolverineFx;

/// <summary>
/// Wolverine with a file a module: its message store is in the publisher's file, whose DbContext has its outbox; local queues are
/// durable; the process is the only node. The subscriber keeps an inbox, as Wolverine's is in the other file. One file for all,
/// as its documentation advises, was slower over HTTP: there a handler holds the lock that publishers wait for.
/// </summary>
internal static class WolverineHost
{
    public const string Name = "Wolverine";

    /// <summary>The same with <see cref="BusyTimeout"/>.</summary>
    public const string Patient = "Wolverine, patient";

    /// <param name="handler">The one handler, as most of the handlers of this assembly belong to other contenders.</param>
    public static void AddWolverine(this IHostApplicationBuilder builder, string messageStore, bool patient, Type handler) =>
        builder.UseWolverine(wolverine =>
        {
            wolverine.ApplicationAssembly = handler.Assembly;
            wolverine.Discovery.DisableConventionalDiscovery().IncludeType(handler);
            wolverine.Durability.Mode = DurabilityMode.Solo;
            wolverine.PersistMessagesWithSqlite(new SqliteDataSource(messageStore, Pragmas(patient)));
            wolverine.Policies.UseDurableLocalQueues();
            wolverine
                .Policies.OnException<SqliteException>()
                .RetryWithCooldown(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250));
            wolverine.Services.AddResourceSetupOnStartup();
        });

    /// <summary>A file for the DbContext of a module.</summary>
    public static DbContextOptionsBuilder UseSqliteFile(this DbContextOptionsBuilder options, string connectionString, bool patient)
    {
        // Wolverine's tables are in a schema, which SQLite does not have.
        options.UseSqlite(connectionString).ConfigureWarnings(warnings => warnings.Ignore(SqliteEventId.SchemaConfiguredWarning));
        return patient ? options.AddInterceptors(new BusyTimeout()) : options;
    }

    // The default is synchronous=NORMAL, with which a power failure may lose acknowledged changes. All contenders use FULL.
    private static SqlitePragmaSettings Pragmas(bool patient)
    {
        var pragmas = SqlitePragmaSettings.Default;
        pragmas.Synchronous = SynchronousMode.FULL;
        if (patient)
        {
            pragmas.BusyTimeout = BusyTimeout.Milliseconds;
        }
        return pragmas;
    }
}
