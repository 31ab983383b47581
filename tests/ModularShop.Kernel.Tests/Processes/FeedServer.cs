using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>A process that serves the feed of a log, and a client for it.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly LogRegistry logs = new();
    private readonly string directory = TestApplication.NewDirectory();

    private FeedServer(Func<HttpContext, Func<Task>, Task>? around)
    {
        Secret = BusSecret.ReadOrMake(Path.Combine(directory, "secret"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILogRegistry>(logs);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddFeedCompression();
        app = builder.Build();
        if (around is not null)
        {
            app.Use(around);
        }
        app.UseBusSecret(Secret);
        app.MapGroup("").MapFeed();
        Client = new BusClient(Secret, new BusOptions());
    }

    public BusSecret Secret { get; }

    public BusClient Client { get; }

    public PlacedProcess Process => new("publisher", new Uri(app.Urls.First()), Listen: null, Data: null, ["ledger"]);

    /// <param name="around">A middleware around the feed, for faults of the connection.</param>
    public static async Task<FeedServer> Start(Func<HttpContext, Func<Task>, Task>? around = null)
    {
        var server = new FeedServer(around);
        await server.app.StartAsync();
        return server;
    }

    public void Serve(EventLog log) => logs.Register(log);

    public void Withdraw(EventLog log) => logs.Unregister(log);

    public Task<RemoteLog> Open(string source, BusOptions? options = null) =>
        RemoteLog.Open(source, Client.ConnectTo(Process), options ?? new BusOptions(), TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
