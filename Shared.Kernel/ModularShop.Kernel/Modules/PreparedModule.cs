using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>
/// A module that is ready to be started: its container, pipeline, endpoints and model are built and checked. Its file is not touched
/// yet, so that it can be prepared while another instance of the module still runs.
/// </summary>
internal sealed class PreparedModule : IAsyncDisposable
{
    private readonly Module module;
    private readonly ModuleDescriptor descriptor;
    private readonly ModuleSupervisorContext context;
    private readonly ILoggerFactory loggers;
    private readonly ModuleDatabase database;
    private readonly WebApplication app;

    private PreparedModule(
        Module module,
        ModuleDescriptor descriptor,
        ModuleSupervisorContext context,
        ILoggerFactory loggers,
        ModuleDatabase database,
        WebApplication app
    )
    {
        this.module = module;
        this.descriptor = descriptor;
        this.context = context;
        this.loggers = loggers;
        this.database = database;
        this.app = app;
    }

    /// <exception cref="InvalidOperationException">A declaration of the module is not valid.</exception>
    public static async Task<PreparedModule> Prepare(ModuleSource source, ModuleSupervisorContext context)
    {
        var (module, descriptor) = (source.Create(), source.Descriptor);
        CheckDeclarations(module);
        var loggers = new ModuleLoggerFactory(context.Loggers, descriptor.Name);
        module.CheckModel(loggers);
        var database = new ModuleDatabase(context.Directory.FileOf(descriptor));
        var app = await ModuleServices.Build(module, descriptor, context, loggers, database);
        try
        {
            ModulePipeline.CheckEndpoints(app);
            return new PreparedModule(module, descriptor, context, loggers, database, app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Opens and migrates the file, and starts the writer, subscriptions and background services. If that fails, everything is disposed
    /// of. Must be called once, when no other instance has the file open.
    /// </summary>
    /// <param name="brokeDown">Called with the reason when the module fails later, while it runs.</param>
    /// <param name="accept">Whether a different file than before, or a new file in place of a missing one, is accepted.</param>
    /// <exception cref="StorageException">The file must not be used, or cannot be.</exception>
    public async Task<ModuleInstance> Open(Action<string, StorageFault?> brokeDown, CancellationToken ct, bool accept = false)
    {
        ModuleInstance? instance = null;
        try
        {
            await OpenFile(accept, ct);
            instance = new ModuleInstance(database, context.Logs, app);
            await instance.Start(brokeDown, ct);
            return instance;
        }
        catch (Exception e)
        {
            // The exception may come from another database that the module's services use.
            var failure = database.IsOpen ? database.Failed(e, database.Writer) : e;
            try
            {
                if (instance is not null)
                {
                    await instance.DisposeAsync();
                }
            }
            finally
            {
                await DisposeAsync();
            }
            if (failure is StorageException && failure != e)
            {
                throw failure;
            }
            throw;
        }
    }

    /// <summary>Only for a module that is not opened. An instance is disposed of instead.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await app.DisposeAsync();
        }
        finally
        {
            database.Dispose();
        }
    }

    private async Task OpenFile(bool accept, CancellationToken ct)
    {
        var history = new FileHistory(database.File, descriptor);
        if (!accept)
        {
            history.CheckPresence();
        }
        database.Open(connection =>
        {
            CheckOwner(connection, accept);
            history.Check(connection, accept);
        });
        await module.Migrate(database, loggers, context.FaultsOf(descriptor.Name), ct);
        history.Remember(database, loggers.CreateLogger<FileHistory>());
    }

    private void CheckOwner(DbConnection connection, bool accept)
    {
        var ownership = Ownership.Of(connection);
        if (ownership.FaultFor(context.Process) is not { } fault)
        {
            return;
        }
        if (!accept)
        {
            throw new StorageException(fault);
        }
        new Ownership(context.Process, ownership.Generation + 1).Write(connection);
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
}
