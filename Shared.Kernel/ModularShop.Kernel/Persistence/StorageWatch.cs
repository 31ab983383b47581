using Microsoft.Extensions.Hosting;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Looks now and then whether the module's file is in place and, while it cannot be written, whether it can again; so both
/// are known even when nobody writes.
/// </summary>
internal sealed class StorageWatch(Writer writer, ModuleDatabase database, WriterOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.StorageCheck, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (writer.Failure is null && database.IsInPlace)
            {
                continue;
            }
            try
            {
                await writer.Run(
                    (transaction, _) =>
                    {
                        transaction.WriteSomething();
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
