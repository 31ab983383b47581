using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Moves;

/// <summary>Finds out whether a module can be moved to another process, and plans the move. Changes nothing.</summary>
internal sealed class MovePreflight(ModuleSupervisorContext context)
{
    /// <param name="dryRun">Whether nothing will be moved. Only what is said differs.</param>
    /// <exception cref="ConflictException">The module cannot be moved there.</exception>
    public async Task<(MovePlan Plan, bool IsSameDirectory)> Check(
        ModuleSupervisor supervisor,
        MoveClient other,
        bool dryRun,
        Func<string, Task> say,
        CancellationToken ct
    )
    {
        var (module, self) = (supervisor.Descriptor, context.Process!);
        if (other.Process.Name == self)
        {
            throw new ConflictException($"Module '{module.Name}' runs in process '{self}' already.");
        }
        var database = supervisor.Database;
        var halted = supervisor.Services!.GetRequiredService<Subscriptions>().All.FirstOrDefault(s => s.State == SubscriptionState.Halted);
        if (halted is not null)
        {
            throw new ConflictException($"'{module.Name}' does not follow '{halted.Source}': {halted.Error}");
        }
        if ((supervisor.Failure?.Reason ?? supervisor.Stuck?.Reason) is { } ill)
        {
            throw new ConflictException($"'{module.Name}' is ill: {ill}");
        }
        var sizes = FileSizes.Of(supervisor.File);
        var marker = $".same-directory-{Guid.CreateVersion7():N}";
        var markerPath = Path.Combine(context.Directory.Path, marker);
        await File.WriteAllTextAsync(markerPath, "", ct);
        try
        {
            var offer = await other.Consider(new MoveQuestion(module.Name, module.Build, sizes.File + sizes.Wal, marker), ct);
            if (offer.Obstacles.Count > 0)
            {
                throw new ConflictException($"Process {other.Process} cannot take '{module.Name}': {string.Join(' ', offer.Obstacles)}");
            }
            var generation = database.Read(Ownership.Of).Generation + 1;
            await say(
                $"{(dryRun ? "Would move" : "Moving")} '{module.Name}' from '{self}' to {other.Process}, generation {generation}: "
                    + (
                        offer.IsSameDirectory
                            ? "the data directory is the same."
                            : $"{sizes.File + sizes.Wal:N0} bytes, {offer.FreeBytes:N0} are free there."
                    )
            );
            return (new MovePlan(Guid.CreateVersion7(), module.Name, self, other.Process.Name, generation), offer.IsSameDirectory);
        }
        finally
        {
            File.Delete(markerPath);
        }
    }
}
