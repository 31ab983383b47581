using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>Manages the life of one module in this process: starts it, quarantines it when it fails, restarts and stops it.</summary>
internal sealed partial class ModuleSupervisor(ModuleSource source, ModuleSupervisorContext context, ILogger<ModuleSupervisor> logger)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private ModuleInstance? instance;
    private int changes;

    public ModuleDescriptor Descriptor => source.Descriptor;

    public ModuleState State { get; private set; } = ModuleState.Stopped;

    /// <summary>Why the module is quarantined; null otherwise.</summary>
    public string? Reason { get; private set; }

    /// <summary>What to do about it; null when that is not known.</summary>
    public string? Cure { get; private set; }

    /// <summary>Why a running module cannot write; null when it can.</summary>
    public StorageFault? Failure => Services?.GetRequiredService<Writer>().Failure;

    /// <summary>Why the commands and events of a running module wait, and what to do about it; null when they do not wait.</summary>
    public (string Reason, string Cure)? Stuck =>
        Services?.GetRequiredService<Writer>().Stuck is { } elapsed
            ? (
                $"A unit of work has held its writer for {elapsed.TotalSeconds:0} s and ignores its cancellation: the module's commands "
                    + "and events wait, its queries and the other modules do not.",
                "Restart the module to go on without that unit, and fix the handler: it must pass on its cancellation token."
            )
            : null;

    /// <summary>The size in bytes above which the write-ahead log is emptied.</summary>
    public long WalLimit => context.Options.Writer.WalLimit;

    /// <summary>Whether the write-ahead log may still contain erased data, because a reader stays open.</summary>
    public bool WalHoldsErased => Services?.GetRequiredService<Writer>().WalHoldsErased is true;

    /// <summary>The container of the running module; null when it does not run.</summary>
    public IServiceProvider? Services => State == ModuleState.Running ? instance?.Services : null;

    public string File => context.Directory.FileOf(Descriptor);

    /// <summary>Never throws: a module that cannot start is quarantined.</summary>
    public Task Start(CancellationToken ct) => Start(preparing: null, ct);

    /// <param name="preparing">The module, if it is being prepared already.</param>
    /// <inheritdoc cref="Start(CancellationToken)"/>
    public async Task Start(Task<PreparedModule>? preparing, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            await StartCore(ct, preparing);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// Stops the module when its requests are done, and starts it again with the file that is in place then. The new instance is
    /// prepared while the old one still serves requests. If that fails, the module is stopped and quarantined all the same, as at a
    /// start of the process.
    /// </summary>
    public async Task Restart(CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            // On another thread, as the module's code may block there. The end of the process does not wait for it.
            var preparing = Task.Run(() => PreparedModule.Prepare(source, context), CancellationToken.None);
            await ((Task)preparing.WaitAsync(ending.Token)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
            );
            Reason = Cure = null;
            await StopCore(ModuleState.Stopped, ct);
            if (!ending.IsCancellationRequested)
            {
                await StartCore(ct, preparing);
            }
            else if (preparing.IsCompletedSuccessfully)
            {
                await preparing.Result.DisposeAsync();
            }
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// Starts a quarantined module with the file that is in place now: a different one than before or, if there is none, a new one.
    /// Nothing is moved or deleted.
    /// </summary>
    /// <exception cref="ConflictException">The module is not quarantined.</exception>
    public async Task Accept(CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            if (State != ModuleState.Quarantined)
            {
                throw new ConflictException($"Module '{Descriptor.Name}' is not quarantined: there is nothing to accept.");
            }
            if (!ending.IsCancellationRequested)
            {
                await StartCore(ct, accept: true);
            }
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Stops the module. If its start or stop hangs, the module is left behind, so that the process can end.</summary>
    /// <param name="ct">Cancelled when the time to wait for requests is over.</param>
    public async Task Stop(CancellationToken ct)
    {
        await ending.CancelAsync();
        if (!await changing.WaitAsync(context.Options.Http.DrainTimeout, CancellationToken.None))
        {
            LogStuck(Descriptor.Name);
            return;
        }
        try
        {
            await StopCore(ModuleState.Stopped, ct);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// Begins a request. Returns false when the module is not running. Each request that was begun must be ended at its server.
    /// </summary>
    public bool TryBegin(out ModuleServer server)
    {
        server = null!;
        if (instance is not { } running)
        {
            return false;
        }
        server = running.Server;
        server.Begin();
        // Checked after the request is counted: a stop that begins later waits for it.
        if (State == ModuleState.Running && instance == running)
        {
            return true;
        }
        server.End();
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        ending.Dispose();
        changing.Dispose();
    }
}
