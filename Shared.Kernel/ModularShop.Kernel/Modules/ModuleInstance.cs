using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>A started module: its open file, its container, its pipeline and its subscriptions.</summary>
internal sealed class ModuleInstance(ModuleDatabase database, ILogRegistry logs, WebApplication app) : IAsyncDisposable
{
    private readonly EventLog log = app.Services.GetRequiredService<EventLog>();
    private bool stopping;
    private bool disposed;

    public ModuleServer Server { get; } = (ModuleServer)app.Services.GetRequiredService<IServer>();

    public IServiceProvider Services => app.Services;

    public ModuleDatabase Database => database;

    /// <summary>Starts background services and subscriptions.</summary>
    /// <param name="brokeDown">Called with the reason when the module fails later, while it runs.</param>
    public async Task Start(Action<string, StorageFault?> brokeDown, CancellationToken ct)
    {
        database.Broke += fault => brokeDown(fault.Reason, fault);
        await app.StartAsync(ct);
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            if (!stopping)
            {
                brokeDown("One of the module's background services failed; the log has the exception.", null);
            }
        });
        await Services.GetRequiredService<RepeatedErasures>().Run(ct);
        logs.Register(log);
        await Services.GetRequiredService<Pumps>().Start(ct);
    }

    /// <summary>
    /// Stops subscriptions and background services, runs a last unit of work and ends the writer. The file stays open for readers until
    /// the instance is disposed of.
    /// </summary>
    /// <exception cref="TimeoutException">One of them does not stop in time.</exception>
    public async Task Suspend(Action<DbConnection> last, TimeSpan limit)
    {
        stopping = true;
        logs.Unregister(log);
        var writer = Services.GetRequiredService<Writer>();
        await Task.Run(Services.GetRequiredService<Pumps>().Stop).WaitAsync(limit);
        await Task.Run(() => app.StopAsync()).WaitAsync(limit);
        await writer.Run(
            (transaction, _) =>
            {
                last(transaction.Connection);
                return Task.FromResult(true);
            },
            CancellationToken.None
        );
        await writer.DisposeAsync();
        log.Dispose();
    }

    /// <summary>Stops subscriptions and background services, waits for the writer, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }
        stopping = disposed = true;
        logs.Unregister(log);
        var writer = Services.GetRequiredService<Writer>();
        // A pump may wait for a unit that ends only with the writer, so the pumps stop in parallel.
        var pumps = Task.Run(Services.GetRequiredService<Pumps>().Stop);
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
}
