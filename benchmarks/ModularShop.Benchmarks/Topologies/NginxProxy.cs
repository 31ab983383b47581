using ModularShop.Benchmarks.Harness;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>nginx with the configuration that is exported for a topology.</summary>
internal static class NginxProxy
{
    // A client of a benchmark keeps its connection for longer than the 1,000 requests of the default.
    private const string KeepConnections = "keepalive_requests 100000000;";

    public static async Task<NginxServer> Start(TestTopology topology)
    {
        var directory = Path.Combine(topology.Directory, "nginx");
        await using (var export = await Contender.Start("command", Export(topology, directory)))
        {
            if (await export.Ask("begin") != "0")
            {
                throw new InvalidOperationException("The export of the topology failed.");
            }
        }
        return await NginxServer.Start(await File.ReadAllTextAsync(Path.Combine(directory, "nginx.conf")), directory, KeepConnections);
    }

    private static IReadOnlyList<string> Export(TestTopology topology, string directory) =>
        ["topology", "export", "--format", "nginx", "--topology", topology.File.Path, "--output", directory];
}
