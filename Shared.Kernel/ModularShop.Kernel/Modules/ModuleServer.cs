using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Kernel.Modules;

/// <summary>Takes the place of a web server in a module's host. It keeps the module's pipeline, which the front server calls.</summary>
internal sealed class ModuleServer(HttpOptions options, KernelMetrics metrics) : IServer
{
    private readonly RequestThreads threads = new(options.Threads, metrics.Cpu);
    private readonly CancellationTokenSource leftBehind = new();
    private Func<IFeatureCollection, Task>? pipeline;
    private int inFlight;
    private long received;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>The number of requests that have begun and not ended.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>The number of requests that have come since the module was started.</summary>
    public long Received => Interlocked.Read(ref received);

    public void Begin() => Interlocked.Increment(ref inFlight);

    public void End() => Interlocked.Decrement(ref inFlight);

    public async Task Process(IFeatureCollection request)
    {
        var process = pipeline ?? throw new InvalidOperationException("The module's host was not started.");
        Interlocked.Increment(ref received);
        // Registered before the request waits for a thread: the requests that have all threads may never give one back.
        await using var _ = leftBehind.Token.UnsafeRegister(
            static request => ((IFeatureCollection)request!).GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort(),
            request
        );
        await threads.Run(() => process(request));
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        pipeline = request => Process(application, request);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Disconnects the clients of the requests that do not end in time: they block their threads, and nothing can answer.</summary>
    public void Dispose()
    {
        if (InFlight > 0)
        {
            leftBehind.CancelAfter(options.DrainTimeout);
        }
    }

    private static async Task Process<TContext>(IHttpApplication<TContext> application, IFeatureCollection request)
        where TContext : notnull
    {
        var context = application.CreateContext(request);
        Exception? failure = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            application.DisposeContext(context, failure);
        }
    }
}
