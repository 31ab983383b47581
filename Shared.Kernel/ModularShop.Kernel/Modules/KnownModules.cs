namespace ModularShop.Kernel.Modules;

/// <summary>All modules of this build, whether they run in this process or not.</summary>
internal sealed class KnownModules(IReadOnlyList<ModuleSource> sources)
{
    public IReadOnlyList<ModuleDescriptor> All => [.. sources.Select(source => source.Descriptor)];

    public ModuleDescriptor? Find(string name) => SourceOf(name)?.Descriptor;

    public ModuleSource? SourceOf(string name) =>
        sources.FirstOrDefault(source => source.Descriptor.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
