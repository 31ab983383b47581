using Microsoft.Extensions.Hosting;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Looks now and then whether the module's file is in place, while it cannot be written, whether it can again, and whether its
/// write-ahead log is too long; so all is seen to even when nobody writes.
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
                // The writer has noted and logged it.
            }
            catch (ModuleStoppingException)
            {
                return;
            }
        }
    }
}
