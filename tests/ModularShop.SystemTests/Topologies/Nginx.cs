using System.Diagnostics;
using System.Net;

namespace ModularShop.SystemTests.Topologies;

/// <summary>The real nginx with an exported configuration, on a free port. It ends with the test.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private const string Listen = "listen 80;";
    private const string Http = "http {";
    private const string ReadTimeout = "proxy_read_timeout 140s;";

    private readonly Process process;

    private Nginx(Process process, Uri address)
    {
        this.process = process;
        Client = new TestClient(address);
    }

    public TestClient Client { get; }

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
    public static async Task<Nginx> Start(TestTopology topology, TimeSpan? patience = null)
    {
        var exported = (await topology.Files("nginx"))["nginx.conf"];
        Assert.That(exported, Does.Contain(Listen).And.Contain(Http).And.Contain(ReadTimeout));
        var port = TestTopology.FreePorts(1)[0];
        var directory = Directory.CreateDirectory(Path.Combine(topology.Directory, "nginx")).FullName;
        // Its files, which belong to the machine otherwise, are those of the test.
        var files = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"\n    {name}_temp_path {directory}/{name};")
        );
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            exported
                .Replace(Listen, $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
                .Replace(Http, $"{Http}{files}\n    access_log off;", StringComparison.Ordinal)
                .Replace(
                    ReadTimeout,
                    patience is { TotalSeconds: var seconds } ? $"proxy_read_timeout {seconds}s;" : ReadTimeout,
                    StringComparison.Ordinal
                )
        );
        string[] arguments = ["-c", configuration, "-e", $"{directory}/error.log", "-g", $"daemon off; pid {directory}/nginx.pid;"];
        var nginx = new Nginx(Process.Start(new ProcessStartInfo("nginx", arguments))!, new Uri($"http://127.0.0.1:{port}"));
        await Eventually.Get(nginx.Answers, answers => answers || nginx.process.HasExited);
        Assert.That(nginx.process.HasExited, Is.False, "nginx has ended.");
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
        Client.Dispose();
    }

    // nginx itself answers for this path, so no process of the shop is asked.
    private async Task<bool> Answers()
    {
        try
        {
            return (await Client.Get("/admin")).Status == HttpStatusCode.NotFound;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
