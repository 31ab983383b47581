using ModularShop.Host;
using ModularShop.Kernel.Processes;

namespace ModularShop.SystemTests.Topologies;

/// <summary>Exports a topology by the command, to a directory beside the topology file.</summary>
internal static class TopologyExport
{
    public static IReadOnlyList<string> AllModules { get; } = [.. ShopModules.Descriptors.Select(module => module.Name)];

    /// <summary>Main has all modules but Orders, which has a process of its own.</summary>
    public static TestTopology OrdersOut() =>
        TestTopology.Of(ShopModules.All, ("main", [.. AllModules.Where(module => module != "orders")]), ("orders", ["orders"]));

    public static TestTopology OneProcess() => TestTopology.Of(ShopModules.All, ("main", [.. AllModules]));

    /// <summary>Gives the processes other addresses, in the order of the file.</summary>
    public static TestTopology At(this TestTopology topology, params string[] addresses)
    {
        var processes = topology.File.Read().Processes.Zip(addresses);
        topology.Write(
            new
            {
                version = 2,
                processes = processes.ToDictionary(
                    each => each.First.Name,
                    each => new
                    {
                        address = each.Second,
                        data = each.First.Name,
                        modules = each.First.Modules,
                    }
                ),
            }
        );
        return topology;
    }

    public static Task<CommandResult> Export(this TestTopology topology, string format, params string[] more) =>
        ShopCommand.Execute([
            "topology",
            "export",
            "--format",
            format,
            "--output",
            topology.Exported(),
            .. more.Contains("--topology") ? [] : new[] { "--topology", topology.File.Path },
            .. more,
        ]);

    /// <summary>Exports, which must succeed.</summary>
    /// <returns>The files by their names.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> Files(this TestTopology topology, string format, params string[] more)
    {
        var export = await topology.Export(format, more);
        Assert.That(export.ExitCode, Is.Zero, export.Errors);
        return Directory.GetFiles(topology.Exported()).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
    }

    public static string Exported(this TestTopology topology, string file = "") => Path.Combine(topology.Directory, "exported", file);

    /// <summary>Reads a topology file of the shop's modules, as a process does.</summary>
    public static Topology Read(string path) => new TopologyFile(path, AllModules).Read();
}
