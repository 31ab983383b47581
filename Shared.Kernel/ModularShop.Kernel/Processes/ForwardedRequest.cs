using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// A request that another process of the shop has received and passed on. That process is trusted: it says how the client addressed it,
/// and whether an operator of its machine has sent the request.
/// </summary>
/// <param name="Hops">How many processes have passed the request on.</param>
/// <param name="IsOfOperator">Whether it came to the first process from a program on the same machine.</param>
internal sealed record ForwardedRequest(int Hops, bool IsOfOperator)
{
    /// <summary>The header that one process sends to another. It contains the secret, and is removed before anything else sees it.</summary>
    public const string Header = "Bus-Forwarded";

    public const string Scheme = "X-Forwarded-Proto";
    public const string Prefix = "X-Forwarded-Prefix";
    public const string For = "X-Forwarded-For";

    private const char Separator = ' ';
    private const string Operator = "operator";

    public string ToHeader(BusSecret secret) => $"{Hops}{Separator}{(IsOfOperator ? Operator : "-")}{Separator}{secret.Text}";

    /// <summary>
    /// Removes the header from a request if its secret is right, and takes over how the client addressed the first process. Null when
    /// the request comes from elsewhere.
    /// </summary>
    public static ForwardedRequest? Take(IFeatureCollection features, BusSecret secret)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        if (!request.Headers.TryGetValue(Header, out var value) || Parse(value.ToString(), secret) is not { } forwarded)
        {
            return null;
        }
        request.Headers.Remove(Header);
        request.Scheme = Text(request.Headers, Scheme) ?? request.Scheme;
        request.PathBase = Text(request.Headers, Prefix) ?? request.PathBase;
        if (IPAddress.TryParse(Text(request.Headers, For), out var address) && features.Get<IHttpConnectionFeature>() is { } connection)
        {
            connection.RemoteIpAddress = address;
        }
        foreach (var header in (ReadOnlySpan<string>)[Scheme, Prefix, For])
        {
            request.Headers.Remove(header);
        }
        features.Set(forwarded);
        return forwarded;
    }

    private static ForwardedRequest? Parse(string value, BusSecret secret) =>
        value.Split(Separator, 3) is [var hops, var caller, var text] && secret.Is(text) && int.TryParse(hops, out var count)
            ? new ForwardedRequest(count, caller == Operator)
            : null;

    private static string? Text(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
}
