using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Kernel.Modules;

/// <summary>The modules of this process. They change when a module is moved. Safe for concurrent use.</summary>
internal sealed class ModuleSupervisors(IEnumerable<ModuleSource> sources, ModuleSupervisorContext context)
{
    private readonly Lock gate = new();

    // Replaced as a whole, so that requests read it without a lock.
    private volatile Dictionary<string, ModuleSupervisor> byName = sources.ToDictionary(
        source => source.Descriptor.Name,
        source => New(source, context),
        StringComparer.OrdinalIgnoreCase
    );

    public TimeSpan StartWait => context.Options.Http.StartWait;

    public IReadOnlyCollection<ModuleSupervisor> All => byName.Values;

    public ModuleSupervisor? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Adds a module that runs in this process from now on. It is not started.</summary>
    public ModuleSupervisor Add(ModuleSource source)
    {
        lock (gate)
        {
            var added = New(source, context);
            byName = new(byName, StringComparer.OrdinalIgnoreCase) { [source.Descriptor.Name] = added };
            return added;
        }
    }

    /// <summary>Removes a module that does not run in this process any more.</summary>
    public void Remove(string name)
    {
        lock (gate)
        {
            var rest = new Dictionary<string, ModuleSupervisor>(byName, StringComparer.OrdinalIgnoreCase);
            rest.Remove(name);
            byName = rest;
        }
    }

    public Task Start(CancellationToken ct) => Task.WhenAll(All.Select(supervisor => Task.Run(() => supervisor.Start(ct), ct)));

    public Task Stop(CancellationToken ct) => Task.WhenAll(All.Select(supervisor => supervisor.Stop(ct)));

    private static ModuleSupervisor New(ModuleSource source, ModuleSupervisorContext context) =>
        new(source, context, new ModuleLoggerFactory(context.Loggers, source.Descriptor.Name).CreateLogger<ModuleSupervisor>());
}
