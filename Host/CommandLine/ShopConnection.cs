using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// The shop that a command acts on, always over HTTP: a running one, or the modules of a data directory, hosted in this process while the
/// command runs.
/// </summary>
internal sealed class ShopConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly ModularApplication? hosted;

    private ShopConnection(Uri address, ModularApplication? hosted)
    {
        this.hosted = hosted;
        // Operators' requests go directly to the shop: not through a proxy from the environment, and without following redirects.
        var direct = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            AllowAutoRedirect = false,
        };
        Http = new HttpClient(direct) { BaseAddress = address };
    }

    /// <summary>A client whose base address is the shop.</summary>
    public HttpClient Http { get; }

    /// <summary>Whether the modules run in this process and therefore end with it.</summary>
    public bool IsHosted => hosted is not null;

    /// <param name="url">The address of a running shop; null to host the modules in this process.</param>
    /// <param name="data">The data directory to host them on; null for the default one.</param>
    /// <exception cref="DirectoryInUseException">Another process holds the data directory.</exception>
    public static async Task<ShopConnection> Open(string? url, string? data, CancellationToken ct)
    {
        if (url is not null)
        {
            return new ShopConnection(new Uri(url), hosted: null);
        }
        var directory = data ?? Shop.DefaultDirectory;
        var application = Shop.Create(
            HostedModules.FilesIn(RealPath.Of(directory)),
            directory,
            "http://127.0.0.1:0",
            ConfiguredAddresses.Foreign,
            Shop.LogForCommands
        );
        try
        {
            await application.Start(ct);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
        foreach (var (module, reason) in application.Quarantined)
        {
            Terminal.Message($"Module {module} is quarantined: {reason}");
        }
        return new ShopConnection(application.Address, application);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (hosted is not null)
        {
            await hosted.DisposeAsync();
        }
    }
}
