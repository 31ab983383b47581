using ModularShop.Kernel.Hosting;
using ModularShop.Kernel.Modules;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// The shop that a command acts on, always over HTTP: a running one, or all modules hosted in this process on a data
/// directory for as long as the command lasts.
/// </summary>
internal sealed class ShopConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly ModularApplication? hosted;

    private ShopConnection(Uri address, ModularApplication? hosted)
    {
        this.hosted = hosted;
        // What an operator sees and does goes to the shop itself, and not through a proxy of the environment or to where it is sent on to.
        var direct = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            AllowAutoRedirect = false,
        };
        Http = new HttpClient(direct) { BaseAddress = address };
    }

    /// <summary>Its base address is the shop's.</summary>
    public HttpClient Http { get; }

    /// <summary>Whether the modules run in this process, and so end with it.</summary>
    public bool IsHosted => hosted is not null;

    /// <param name="url">The address of a running shop; without it the modules are hosted here.</param>
    /// <param name="data">The data directory to host them on; the default one if it is null.</param>
    /// <exception cref="DirectoryInUseException">Another process holds the data directory.</exception>
    public static async Task<ShopConnection> Open(string? url, string? data, CancellationToken ct)
    {
        if (url is not null)
        {
            return new ShopConnection(new Uri(url), hosted: null);
        }
        var application = Shop.Create(
            ShopModules.All,
            data ?? Shop.DefaultDirectory,
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
