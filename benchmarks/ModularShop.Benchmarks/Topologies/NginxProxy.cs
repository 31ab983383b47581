using System.Diagnostics;
using System.Globalization;
using ModularShop.Benchmarks.Harness;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>The real nginx with the exported configuration of a topology, on a free port.</summary>
internal sealed class NginxProxy : IAsyncDisposable
{
    private const string Listen = "listen 80;";
    private const string Http = "http {";

    private static readonly string[] TemporaryFiles = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private NginxProxy(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    /// <summary>The path of nginx; null when this machine has none.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, "nginx"))
            .FirstOrDefault(File.Exists);

    public Uri Address { get; }

    /// <summary>The master and its workers.</summary>
    public IReadOnlyList<int> Processes =>
        [
            process.Id,
            .. File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];

    public static async Task<NginxProxy> Start(TestTopology topology)
    {
        var directory = Path.Combine(topology.Directory, "nginx");
        await using (var export = await Contender.Start("command", Export(topology, directory)))
        {
            if (await export.Ask("begin") != "0")
            {
                throw new InvalidOperationException("The export of the topology failed.");
            }
        }
        var configuration = Path.Combine(directory, "nginx.conf");
        var port = TestTopology.FreePorts(1)[0];
        var exported = await File.ReadAllTextAsync(configuration);
        await File.WriteAllTextAsync(
            configuration,
            // A client of a benchmark keeps its connection for longer than the 1,000 requests of the default.
            Replace(Replace(exported, Listen, $"listen 127.0.0.1:{port}; keepalive_requests 100000000;"), Http, Http + Files(directory))
        );
        string[] arguments = ["-c", configuration, "-e", $"{directory}/error.log", "-g", $"daemon off; pid {directory}/nginx.pid;"];
        var nginx = new NginxProxy(Process.Start(new ProcessStartInfo(Program!, arguments))!, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await nginx.BecomeReady();
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    private static IReadOnlyList<string> Export(TestTopology topology, string directory) =>
        ["topology", "export", "--format", "nginx", "--topology", topology.File.Path, "--output", directory];

    private static string Replace(string text, string line, string other) =>
        text.Contains(line, StringComparison.Ordinal)
            ? text.Replace(line, other, StringComparison.Ordinal)
            : throw new InvalidOperationException($"The exported configuration has no '{line}'.");

    // By default, temporary files and the log are in directories of the machine.
    private static string Files(string directory) =>
        string.Concat(TemporaryFiles.Select(name => $" {name}_temp_path {directory}/{name};")) + " access_log off;";

    private async Task BecomeReady()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var timeout = new CancellationTokenSource(TimeLimit);
        // nginx itself answers for this path.
        while (!await Answers(http, "/admin", timeout.Token))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException("nginx has ended; its standard error says why.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }

    private static async Task<bool> Answers(HttpClient http, string path, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
