using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModularShop.Kernel.Http;

/// <summary>Whether a request comes plainly from a program on this machine; read before any middleware can rewrite what tells it.</summary>
/// <param name="Doubt">Why it may come from elsewhere; null when it is plainly local.</param>
internal sealed record RequestOrigin(string? Doubt)
{
    // A list of what local programs send, and not of what proxies and browsers add: there is always one more of these.
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
        // Tracing.
        "baggage",
        "Correlation-Context",
        "Request-Id",
        "traceparent",
        "tracestate"
    );

    public static RequestOrigin Of(IFeatureCollection request)
    {
        var http = request.GetRequiredFeature<IHttpRequestFeature>();
        return new(
            !IsLoopback(request.Get<IHttpConnectionFeature>()?.RemoteIpAddress) ? "The connection is from another machine."
            // A page whose name was bound to this machine's address still sends its own name.
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
