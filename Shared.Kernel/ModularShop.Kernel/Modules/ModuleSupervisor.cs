using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>The life of one module in this process: starts it, quarantines it when that fails, restarts and stops it.</summary>
internal sealed partial class ModuleSupervisor(Module module, ModuleSupervisorContext context, ILogger<ModuleSupervisor> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private ModuleInstance? instance;
    private int changes;

    public Module Module => module;

    public ModuleState State { get; private set; } = ModuleState.Stopped;

    /// <summary>Why the module is quarantined.</summary>
    public string? Reason { get; private set; }

    /// <summary>What to do about it, where that is known.</summary>
    public string? Cure { get; private set; }

    /// <summary>Why the module cannot write, though it runs.</summary>
    public StorageFault? Failure => Services?.GetRequiredService<Writer>().Failure;

    /// <summary>Why the module's commands and events wait, though it runs, and what to do about it.</summary>
    public (string Reason, string Cure)? Stuck =>
        Services?.GetRequiredService<Writer>().Stuck is { } elapsed
            ? (
                $"A unit of work has held its writer for {elapsed.TotalSeconds:0} s and ignores its cancellation: the module's commands "
                    + "and events wait, its queries and the other modules do not.",
                "Restart the module to go on without that unit, and mend the handler: it is to pass its cancellation token on."
            )
            : null;

    /// <summary>Bytes of its write-ahead log above which it is emptied.</summary>
    public long WalLimit => context.Options.Writer.WalLimit;

    /// <summary>Whether what was erased may still stand in the write-ahead log, as a reader stays open.</summary>
    public bool WalHoldsErased => Services?.GetRequiredService<Writer>().WalHoldsErased is true;

    /// <summary>The running module's container, or null.</summary>
    public IServiceProvider? Services => State == ModuleState.Running ? instance?.Services : null;

    public string File => context.Directory.FileOf(module);

    /// <summary>Never throws: a module that cannot start is quarantined.</summary>
    public async Task Start(CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            await StartCore(ct);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Stops the module once its requests are done, and starts it again on whatever file is there then.</summary>
    public async Task Restart(CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            Reason = Cure = null;
            await StopCore(ModuleState.Stopped, ct);
            if (!ending.IsCancellationRequested)
            {
                await StartCore(ct);
            }
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// Starts a module that is quarantined with what is in the place of its file: another file than before or, where there is
    /// none, a new one. Nothing is moved or deleted.
    /// </summary>
    /// <exception cref="ConflictException">It is not quarantined.</exception>
    public async Task Accept(CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            if (State != ModuleState.Quarantined)
            {
                throw new ConflictException($"Module '{module.Name}' is not quarantined: there is nothing to accept.");
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

    /// <summary>Stops the module; one that is stuck, in its start or its stop, is left behind, so that the process can end.</summary>
    /// <param name="ct">Cancelled when requests have been waited for long enough.</param>
    public async Task Stop(CancellationToken ct)
    {
        await ending.CancelAsync();
        if (!await changing.WaitAsync(context.Options.Http.DrainTimeout, CancellationToken.None))
        {
            LogStuck(module.Name);
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
    /// Keeps the module as it is, neither starting nor stopping nor writing, until a task ends. Returns once that is so;
    /// the task in the result ends when it is over, and fails if the module could not be kept for so long.
    /// </summary>
    public async Task<Task> HoldStill(Task until, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = Hold(held, until, ct);
        if (await Task.WhenAny(held.Task, hold) == hold)
        {
            await hold; // It says why it could not begin.
        }
        return hold;
    }

    /// <summary>Begins a request; false when the module is not running. Each one begun is to be ended at its server.</summary>
    public bool TryBegin(out ModuleServer server)
    {
        server = null!;
        if (instance is not { } running)
        {
            return false;
        }
        server = running.Server;
        server.Begin();
        // Asked after it was counted: from here on a stop waits for it.
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

    private async Task Hold(TaskCompletionSource held, Task until, CancellationToken ct)
    {
        try
        {
            if (Services?.GetRequiredService<Writer>() is not { } writer)
            {
                held.SetResult();
                await until.WaitAsync(ct);
                return;
            }
            // The writer runs one unit at a time; what its group did before is not committed, and not acknowledged.
            await writer.Run(
                async (_, token) =>
                {
                    held.SetResult();
                    await until.WaitAsync(token);
                    return true;
                },
                ct
            );
        }
        catch (StorageException) when (until.IsCompleted)
        {
            // It was held to the end. The callers that wrote something are told that the group was lost.
        }
        finally
        {
            changing.Release();
        }
    }
}
