using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Hosting;

/// <summary>
/// The only server of the process. It passes a request to the pipeline of the module that the first segment of the path names, with
/// that segment as path base. If the module runs in another process, it passes the request on to that. All other requests go to the root
/// pipeline.
/// </summary>
internal sealed class FrontServer(IServer inner, ModuleSupervisors modules, ForwardedAddress? forwarded, ProcessBus? bus) : IServer
{
    public IFeatureCollection Features => inner.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull =>
        inner.StartAsync(new FrontApplication<TContext>(application, modules, forwarded, bus), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public void Dispose() => inner.Dispose();

    private sealed class FrontApplication<TContext>(
        IHttpApplication<TContext> root,
        ModuleSupervisors modules,
        ForwardedAddress? forwarded,
        ProcessBus? bus
    ) : IHttpApplication<FrontApplication<TContext>.Request>
        where TContext : notnull
    {
        public Request CreateContext(IFeatureCollection contextFeatures) => new(contextFeatures);

        public Task ProcessRequestAsync(Request context)
        {
            var http = context.Features.GetRequiredFeature<IHttpRequestFeature>();
            if (bus is null || ForwardedRequest.Take(context.Features, bus.Secret) is null)
            {
                forwarded?.Apply(context.Features);
            }
            // A HEAD request is handled as a GET. The web server does not send the body, as it received a HEAD.
            if (HttpMethods.IsHead(http.Method))
            {
                http.Method = HttpMethods.Get;
                context.Features.Set(HeadOnly.Instance);
            }
            var path = http.Path;
            var end = path.IndexOf('/', Math.Min(1, path.Length));
            var prefix = end < 0 ? path : path[..end];
            return prefix.Length < 2 ? ProcessInRoot(context)
                : TryProcess(http, prefix, context) is { } processing ? processing
                : bus?.Gateway.Handles(prefix[1..]) is true ? ProcessElsewhere(bus.Gateway, http, prefix, context)
                : ProcessInRoot(context);
        }

        public void DisposeContext(Request context, Exception? exception)
        {
            if (context.Root is not null)
            {
                root.DisposeContext(context.Root, exception);
            }
        }

        private Task ProcessInRoot(Request context)
        {
            context.Features.Set(
                context.Features.Get<ForwardedRequest>() is { IsOfOperator: true }
                    ? RequestOrigin.Local
                    : RequestOrigin.Of(context.Features)
            );
            context.Root = root.CreateContext(context.Features);
            return root.ProcessRequestAsync(context.Root);
        }

        /// <summary>Null when the module does not run in this process.</summary>
        private Task? TryProcess(IHttpRequestFeature http, string prefix, Request context)
        {
            if (modules.Find(prefix[1..]) is not { } module || !module.TryBegin(out var server))
            {
                return null;
            }
            http.PathBase += prefix;
            http.Path = http.Path[prefix.Length..];
            return Process(server, context.Features);
        }

        private async Task ProcessElsewhere(Gateway gateway, IHttpRequestFeature http, string prefix, Request context)
        {
            var aborted = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
            if (await gateway.Find(prefix[1..], aborted) is { } process)
            {
                await gateway.Forward(context.Features, process, isOfOperator: false);
            }
            else
            {
                // A move may have ended here.
                await (TryProcess(http, prefix, context) ?? ProcessInRoot(context));
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
