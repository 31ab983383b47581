using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Modules;

/// <summary>The objects that all modules of a process share.</summary>
internal sealed record ModuleSupervisorContext(
    DataDirectory Directory,
    KernelOptions Options,
    IConfiguration Configuration,
    ILoggerFactory Loggers,
    TimeProvider Clock,
    ILogRegistry Logs,
    Action<ModuleDescriptor, IServiceCollection>? ConfigureServices,
    Action<string, FaultPoint>? FaultHook,
    string? Process = null
)
{
    public FaultPoints FaultsOf(string module) => new(module, FaultHook);
}
