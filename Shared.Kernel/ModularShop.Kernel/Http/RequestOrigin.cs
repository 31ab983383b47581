using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModularShop.Kernel.Http;

/// <summary>
/// Whether a request verifiably comes from a program on this machine. It is determined before any middleware can change the evidence.
/// </summary>
/// <param name="Doubt">Why the request may come from elsewhere; null when it is local.</param>
internal sealed record RequestOrigin(string? Doubt)
{
    // A list of what local programs send, instead of what proxies and browsers add: a list of the latter would never be complete.
    private static readonly FrozenSet<string> SentByPrograms = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept",
        "Accept-Charset",
        "Accept-Encoding",
        "Accept-Language",
        "Authorization",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Type",
        "Date",
        "Expect",
        "Host",
        "HTTP2-Settings",
        "Idempotency-Key",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Unmodified-Since",
        "Keep-Alive",
        "Pragma",
        "Prefer",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        // Headers of tracing.
        "baggage",
        "Correlation-Context",
        "Request-Id",
        "traceparent",
        "tracestate"
    );

    public static RequestOrigin Local { get; } = new(Doubt: null);

    public static RequestOrigin Of(IFeatureCollection request)
    {
        var http = request.GetRequiredFeature<IHttpRequestFeature>();
        return new(
            !IsLoopback(request.Get<IHttpConnectionFeature>()?.RemoteIpAddress) ? "The connection is from another machine."
            // After DNS rebinding, a browser page from elsewhere connects to this machine but still sends its own host name.
            : !NamesLoopback(http.Headers.Host) ? "The host that is asked for is not localhost."
            : http.Protocol == HttpProtocol.Http10 ? "HTTP/1.0 is what proxies speak."
            : http.Headers.Keys.FirstOrDefault(header => !SentByPrograms.Contains(header)) is { } header
                ? $"The header '{header}' is of a proxy or a browser."
            : null
        );
    }

    private static bool NamesLoopback(string? header)
    {
        var host = new HostString(header ?? "").Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host, out var address) && IsLoopback(address);
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
