using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace ModularShop.Kernel.Modules;

/// <summary>Stands in for a web server in a module's own host: keeps the module's pipeline, for the front server to call.</summary>
internal sealed class ModuleServer : IServer
{
    private Func<IFeatureCollection, Task>? pipeline;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task Process(IFeatureCollection request) =>
        pipeline?.Invoke(request) ?? throw new InvalidOperationException("The module's host was not started.");

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        pipeline = request => Process(application, request);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() { }

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
