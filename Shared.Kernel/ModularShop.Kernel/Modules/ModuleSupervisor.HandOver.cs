using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>Hands a module over to another process.</summary>
internal sealed partial class ModuleSupervisor
{
    /// <summary>The file of the running module.</summary>
    /// <exception cref="ConflictException">The module does not run.</exception>
    public ModuleDatabase Database =>
        instance is { } running && State == ModuleState.Running
            ? running.Database
            : throw new ConflictException($"Module '{Descriptor.Name}' is not running: {Reason}");

    /// <summary>
    /// Suspends the module: its requests end, its subscriptions and background services stop, and the last commit of its file names the
    /// new owner. Then <paramref name="handOver"/> decides. If the module was not handed over, it runs here again at the end.
    /// </summary>
    /// <param name="sign">Called before the last commit.</param>
    /// <param name="handOver">Returns whether the module belongs to the other process now. It may dispose of the instance.</param>
    /// <exception cref="ConflictException">The module does not run, or does not stop in time. It runs on, or again.</exception>
    public async Task<bool> HandOver(Ownership next, Action sign, Func<ModuleInstance, Task<bool>> handOver, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            _ = Database;
            var suspended = instance!;
            State = ModuleState.Moving;
            if (!await Drain(suspended, ct))
            {
                State = ModuleState.Running;
                throw new ConflictException("Its requests did not end in time.");
            }
            var isGone = false;
            try
            {
                sign();
                await suspended.Suspend(next.Write, context.Options.Http.DrainTimeout);
                return isGone = await handOver(suspended);
            }
            finally
            {
                await End(suspended, isGone);
            }
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task End(ModuleInstance suspended, bool isGone)
    {
        await suspended.DisposeAsync();
        instance = null;
        State = ModuleState.Stopped;
        if (!isGone && !ending.IsCancellationRequested)
        {
            await StartCore(CancellationToken.None);
        }
    }
}
