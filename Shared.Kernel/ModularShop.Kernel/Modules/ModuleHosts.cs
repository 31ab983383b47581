namespace ModularShop.Kernel.Modules;

/// <summary>The modules of this process.</summary>
internal sealed class ModuleHosts(IEnumerable<ModuleHost> hosts, TimeSpan startPatience)
{
    public TimeSpan StartPatience => startPatience;

    private readonly Dictionary<string, ModuleHost> byName = hosts.ToDictionary(host => host.Module.Name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<ModuleHost> All => byName.Values;

    public ModuleHost? Find(string name) => byName.GetValueOrDefault(name);

    public Task Start(CancellationToken ct) => Task.WhenAll(All.Select(host => Task.Run(() => host.Start(ct), ct)));

    public Task Stop(CancellationToken ct) => Task.WhenAll(All.Select(host => host.Stop(ct)));
}
