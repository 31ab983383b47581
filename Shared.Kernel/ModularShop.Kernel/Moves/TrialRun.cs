using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Moves;

/// <summary>
/// Runs a module on an empty file for a moment, before the real file arrives. What .NET and EF Core compile at first use is compiled
/// then, so that clients do not wait for it, and a module that cannot start here is refused while it still runs in the other process.
/// </summary>
internal static class TrialRun
{
    /// <param name="directory">A directory for the file. It is deleted at the end.</param>
    public static async Task Run(ModuleSource source, ModuleSupervisorContext context, string directory, CancellationToken ct)
    {
        try
        {
            using var data = DataDirectory.Hold(directory);
            var trial = context with
            {
                Directory = data,
                Logs = new LogRegistry(),
                Loggers = NullLoggerFactory.Instance,
                // Background services could act on other systems.
                ConfigureServices = (module, services) =>
                {
                    context.ConfigureServices?.Invoke(module, services);
                    services.RemoveAll<IHostedService>();
                },
                FaultHook = null,
            };
            var prepared = await PreparedModule.Prepare(source, trial);
            await using var instance = await prepared.Open((_, _) => { }, ct);
            await instance.Suspend(_ => { }, context.Options.Http.DrainTimeout);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
