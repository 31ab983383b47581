using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>Holds a module unchanged, for a backup.</summary>
internal sealed partial class ModuleSupervisor
{
    /// <summary>
    /// Keeps the module unchanged until a task ends: it does not start, stop or write. Returns when it is held. The resulting task ends
    /// when the module is released, and fails if the module could not be held until then.
    /// </summary>
    public async Task<Task> HoldStill(Task until, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = Hold(held, until, ct);
        if (await Task.WhenAny(held.Task, hold) == hold)
        {
            await hold; // Throws the reason why the module could not be held.
        }
        return hold;
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
            // The writer runs one unit at a time. Earlier units of its group are not committed or acknowledged yet.
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
            // The module was held until the end. The callers of other units in the group are told that the group was lost.
        }
        finally
        {
            changing.Release();
        }
    }
}
