using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ModularShop.Kernel.Http;

/// <summary>
/// The public address of the process behind a proxy: scheme, host and prefix from the headers <c>X-Forwarded-Proto</c>, <c>-Host</c>
/// and <c>-Prefix</c> of a trusted proxy. The remote address is not changed (<c>X-Forwarded-For</c> is ignored). For operators' routes,
/// all of these headers are ignored.
/// </summary>
internal sealed class ForwardedAddress
{
    private static readonly PathString Operations = "/admin";

    private readonly ForwardedHeadersMiddleware headers;

    private ForwardedAddress(ForwardedHeadersOptions options) =>
        headers = new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options));

    /// <summary>Null when no proxy is trusted.</summary>
    public static ForwardedAddress? From(HttpOptions options)
    {
        var trusted = ProxyList.Networks(options.TrustedProxies);
        if (trusted.Count == 0)
        {
            return null;
        }
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in trusted)
        {
            forwarded.KnownIPNetworks.Add(network);
        }
        return new ForwardedAddress(forwarded);
    }

    public void Apply(IFeatureCollection request)
    {
        var http = new DefaultHttpContext(request);
        if (!http.Request.Path.StartsWithSegments(Operations))
        {
            headers.ApplyForwarders(http);
        }
    }
}
