using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ModularShop.Testing;

/// <summary>The real nginx with an exported configuration, on a free port. It ends with this object.</summary>
public sealed class NginxServer : IAsyncDisposable
{
    private const string Listen = "listen 80;";
    private const string Http = "http {";

    private static readonly string[] TemporaryFiles = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    private readonly Process process;

    private NginxServer(Process process, Uri address)
    {
        this.process = process;
        Client = new TestClient(address);
    }

    /// <summary>The path of nginx; null when this machine has none.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, "nginx"))
            .FirstOrDefault(File.Exists);

    public TestClient Client { get; }

    /// <summary>The master and its workers.</summary>
    public IReadOnlyList<int> Processes =>
        [
            process.Id,
            .. File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Starts nginx, and returns when it answers.</summary>
    /// <param name="exported">The configuration. It is changed to listen on a free port, and to keep its files in the directory.</param>
    /// <param name="directory">It is created if it does not exist.</param>
    /// <param name="settings">More settings of all requests.</param>
    public static async Task<NginxServer> Start(string exported, string directory, string settings = "")
    {
        Directory.CreateDirectory(directory);
        var port = TestTopology.FreePorts(1)[0];
        // By default, temporary files and the log are in directories of the machine.
        var files = string.Concat(TemporaryFiles.Select(name => $"\n    {name}_temp_path {directory}/{name};"));
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            Replace(Replace(exported, Listen, $"listen 127.0.0.1:{port};"), Http, $"{Http}{files}\n    access_log off;\n    {settings}")
        );
        string[] arguments = ["-c", configuration, "-e", $"{directory}/error.log", "-g", $"daemon off; pid {directory}/nginx.pid;"];
        var nginx = new NginxServer(
            Process.Start(new ProcessStartInfo(Program ?? "nginx", arguments))!,
            new Uri($"http://127.0.0.1:{port}")
        );
        try
        {
            await Eventually.Get(nginx.Answers, answers => answers || nginx.process.HasExited);
            return nginx.process.HasExited ? throw new InvalidOperationException("nginx has ended; its standard error says why.") : nginx;
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
        Client.Dispose();
    }

    /// <summary>Replaces a line of an exported configuration.</summary>
    /// <exception cref="InvalidOperationException">The configuration does not contain it.</exception>
    public static string Replace(string configuration, string line, string other) =>
        configuration.Contains(line, StringComparison.Ordinal)
            ? configuration.Replace(line, other, StringComparison.Ordinal)
            : throw new InvalidOperationException($"The configuration has no '{line}'.");

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
