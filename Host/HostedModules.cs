using ModularShop.Kernel;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Host;

/// <summary>Which modules a process runs.</summary>
/// <param name="Names">Their names; null for all, or for those that the topology says.</param>
/// <param name="Process">The name of the process in the topology.</param>
internal sealed record HostedModules(IReadOnlyCollection<string>? Names = null, TopologyFile? Topology = null, string? Process = null)
{
    /// <summary>All modules that the processes of the shop may run.</summary>
    public IReadOnlyList<ModuleSource> Sources { get; init; } = ShopModules.All;

    /// <summary>
    /// The modules that have a file in a directory, or had one; all modules if the directory is empty. The files of other modules are
    /// elsewhere, and must not be created here.
    /// </summary>
    public static HostedModules FilesIn(string directory)
    {
        var found = ShopModules.Descriptors.Where(module => module.HasFileIn(directory)).Select(module => module.Name).ToList();
        return new HostedModules(found.Count == 0 ? null : found);
    }

    /// <summary>The modules that a topology file says for a process.</summary>
    /// <exception cref="InvalidSettingException">The file is not valid, or has no process with this name.</exception>
    public static HostedModules In(string path, string process, IReadOnlyList<ModuleSource> sources, out PlacedProcess placed)
    {
        var file = new TopologyFile(path, [.. sources.Select(source => source.Descriptor.Name)]);
        placed = file.ReadProcess(process);
        return new HostedModules(Topology: file, Process: process) { Sources = sources };
    }
}
