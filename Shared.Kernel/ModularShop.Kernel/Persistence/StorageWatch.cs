using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Checks the module's file at intervals, so that its state is known even when nothing is written: whether it is in place, whether it
/// can be written again after a failure, and whether its write-ahead log must be emptied.
/// </summary>
internal sealed class StorageWatch(Writer writer, ModuleDatabase database, WriterOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.StorageCheck, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isWell = writer.Failure is null && database.IsInPlace;
            if (isWell && !writer.HasToEmptyWal)
            {
                continue;
            }
            try
            {
                await writer.Run(
                    (transaction, _) =>
                    {
                        if (!isWell)
                        {
                            transaction.WriteSomething();
                        }
                        return Task.FromResult(0);
                    },
                    stoppingToken
                );
            }
            catch (StorageException)
            {
                // The writer has recorded and logged the failure.
            }
            catch (ModuleStoppingException)
            {
                return;
            }
        }
    }
}
