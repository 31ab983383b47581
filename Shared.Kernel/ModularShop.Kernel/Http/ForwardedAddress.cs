using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace ModularShop.Kernel.Http;

/// <summary>
/// The address that callers use where a proxy stands before the process: its scheme, host and prefix, from the
/// <c>X-Forwarded-Proto</c>, <c>-Host</c> and <c>-Prefix</c> that a trusted proxy sends. Who is connected stays as it is
/// (<c>X-Forwarded-For</c> is not looked at), and for operators' routes nothing of it counts.
/// </summary>
internal sealed class ForwardedAddress
{
    private static readonly PathString Operations = "/admin";

    private readonly ForwardedHeadersMiddleware headers;

    private ForwardedAddress(ForwardedHeadersOptions options) =>
        headers = new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options));

    /// <summary>Null where no proxy is trusted.</summary>
    public static ForwardedAddress? From(HttpOptions options)
    {
        var trusted = Entries(options.TrustedProxies).Select(Network).OfType<IPNetwork>().ToList(); // All are, once the options are read.
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

    /// <summary>What in a list of proxies is neither an address nor a network.</summary>
    public static IEnumerable<string> Problems(string list) =>
        from text in Entries(list)
        where Network(text) is null
        select $"{KernelOptions.Section}:Http:TrustedProxies has '{text}'; it takes addresses and networks such as 10.0.0.0/8, "
            + "separated by commas.";

    public void Apply(IFeatureCollection request)
    {
        var http = new DefaultHttpContext(request);
        if (!http.Request.Path.StartsWithSegments(Operations))
        {
            headers.ApplyForwarders(http);
        }
    }

    private static string[] Entries(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
