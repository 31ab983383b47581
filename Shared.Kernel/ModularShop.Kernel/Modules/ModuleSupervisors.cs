namespace ModularShop.Kernel.Modules;

/// <summary>The modules of this process.</summary>
internal sealed class ModuleSupervisors(IEnumerable<ModuleSupervisor> supervisors, TimeSpan startWait)
{
    public TimeSpan StartWait => startWait;

    private readonly Dictionary<string, ModuleSupervisor> byName = supervisors.ToDictionary(
        supervisor => supervisor.Descriptor.Name,
        StringComparer.OrdinalIgnoreCase
    );

    public IReadOnlyCollection<ModuleSupervisor> All => byName.Values;

    public ModuleSupervisor? Find(string name) => byName.GetValueOrDefault(name);

    public Task Start(CancellationToken ct) => Task.WhenAll(All.Select(supervisor => Task.Run(() => supervisor.Start(ct), ct)));

    public Task Stop(CancellationToken ct) => Task.WhenAll(All.Select(supervisor => supervisor.Stop(ct)));
}
