using System.Diagnostics;

namespace ModularShop.SystemTests.Topologies;

/// <summary>nginx with the configuration that is exported for a topology.</summary>
internal static class Nginx
{
    private const string ReadTimeout = "proxy_read_timeout 140s;";

    /// <summary>Checks a configuration as it is: <c>nginx -t</c>.</summary>
    public static async Task<CommandResult> Check(string configuration, string directory)
    {
        using var process = Process.Start(
            new ProcessStartInfo("nginx", ["-t", "-c", configuration, "-e", "stderr", "-g", $"pid {directory}/check.pid;"])
            {
                RedirectStandardError = true,
            }
        )!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, "", errors);
    }

    /// <summary>Exports the topology and starts nginx with it. Returns when it answers.</summary>
    /// <param name="patience">How long it waits for an answer; null for the time that is exported.</param>
    public static async Task<NginxServer> Start(TestTopology topology, TimeSpan? patience = null)
    {
        var exported = (await topology.Files("nginx"))["nginx.conf"];
        var readTimeout = patience is { TotalSeconds: var seconds } ? $"proxy_read_timeout {seconds}s;" : ReadTimeout;
        return await NginxServer.Start(NginxServer.Replace(exported, ReadTimeout, readTimeout), Path.Combine(topology.Directory, "nginx"));
    }
}
