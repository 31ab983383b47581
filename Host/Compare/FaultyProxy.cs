using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace ModularShop.Host.Compare;

/// <summary>What is wrong with a module, as seen by those who ask it.</summary>
/// <param name="Delay">How much later each request reaches the module.</param>
/// <param name="FailureShare">The share of requests that are answered with 500 instead.</param>
internal sealed record Fault(TimeSpan Delay = default, double FailureShare = 0)
{
    public static Fault None { get; } = new();
}

/// <summary>
/// Stands in front of a module's process, counts the requests of other modules, and makes the module slow or unreliable. So the modules
/// need no code for that.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = Timeout.InfiniteTimeSpan };

    private readonly WebApplication app;
    private readonly HttpMessageInvoker client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        }
    );
    private readonly IHttpForwarder forwarder;
    private readonly string target;
    private volatile Fault fault = Fault.None;
    private long feedRequests;
    private long requests;

    private FaultyProxy(Uri target)
    {
        this.target = target.ToString();
        // An empty builder, so that no setting of the environment changes the proxy.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpForwarder();
        app = builder.Build();
        forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.Run(Handle);
    }

    public Uri Address => new(app.Urls.Single());

    public Fault Fault
    {
        set => fault = value;
    }

    /// <summary>How many requests for events came so far.</summary>
    public long FeedRequests => Interlocked.Read(ref feedRequests);

    /// <summary>How many other requests came so far.</summary>
    public long Requests => Interlocked.Read(ref requests);

    public static async Task<FaultyProxy> Start(Uri target, CancellationToken ct)
    {
        var proxy = new FaultyProxy(target);
        await proxy.app.StartAsync(ct);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        // Requests for events may wait for a long time; they are ended.
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
        client.Dispose();
    }

    private async Task Handle(HttpContext http)
    {
        var isFeed = http.Request.Path.StartsWithSegments("/bus");
        Interlocked.Increment(ref isFeed ? ref feedRequests : ref requests);
        var (delay, failureShare) = fault;
        try
        {
            await Task.Delay(delay, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return; // The caller has given up.
        }
        if (Random.Shared.NextDouble() < failureShare)
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }
        var error = await forwarder.SendAsync(http, target, client, Config);
        if (error is not ForwarderError.None)
        {
            // As a process that is down: the connection ends without an answer.
            http.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        }
    }
}
