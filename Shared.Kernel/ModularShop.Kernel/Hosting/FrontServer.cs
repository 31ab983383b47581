using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Hosting;

/// <summary>
/// The only server of the process. It passes a request to the pipeline of the module that the first segment of the path names, with
/// that segment as path base. All other requests go to the root pipeline.
/// </summary>
internal sealed class FrontServer(IServer inner, ModuleSupervisors modules, ForwardedAddress? forwarded) : IServer
{
    public IFeatureCollection Features => inner.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => inner.StartAsync(new FrontApplication<TContext>(application, modules, forwarded), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public void Dispose() => inner.Dispose();

    private sealed class FrontApplication<TContext>(IHttpApplication<TContext> root, ModuleSupervisors modules, ForwardedAddress? forwarded)
        : IHttpApplication<FrontApplication<TContext>.Request>
        where TContext : notnull
    {
        public Request CreateContext(IFeatureCollection contextFeatures) => new(contextFeatures);

        public Task ProcessRequestAsync(Request context)
        {
            var http = context.Features.GetRequiredFeature<IHttpRequestFeature>();
            forwarded?.Apply(context.Features);
            // A HEAD request is handled as a GET. The web server does not send the body, as it received a HEAD.
            if (HttpMethods.IsHead(http.Method))
            {
                http.Method = HttpMethods.Get;
                context.Features.Set(HeadOnly.Instance);
            }
            var path = http.Path;
            var end = path.IndexOf('/', Math.Min(1, path.Length));
            var prefix = end < 0 ? path : path[..end];
            if (prefix.Length < 2 || modules.Find(prefix[1..]) is not { } module || !module.TryBegin(out var server))
            {
                context.Features.Set(RequestOrigin.Of(context.Features));
                context.Root = root.CreateContext(context.Features);
                return root.ProcessRequestAsync(context.Root);
            }
            http.PathBase += prefix;
            http.Path = end < 0 ? "" : path[end..];
            return Process(server, context.Features);
        }

        public void DisposeContext(Request context, Exception? exception)
        {
            if (context.Root is not null)
            {
                root.DisposeContext(context.Root, exception);
            }
        }

        private static async Task Process(ModuleServer server, IFeatureCollection request)
        {
            try
            {
                await server.Process(request);
            }
            finally
            {
                server.End();
            }
        }

        internal sealed class Request(IFeatureCollection features)
        {
            public IFeatureCollection Features => features;

            public TContext? Root { get; set; }
        }
    }
}
