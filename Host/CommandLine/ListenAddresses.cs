using System.Net;
using System.Net.Sockets;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// Checks the addresses of <c>--urls</c>: only what the web server accepts, and nothing that it would interpret differently.
/// </summary>
internal static class ListenAddresses
{
    private const StringSplitOptions Tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    /// <summary>Why the shop cannot listen there; null when it can.</summary>
    public static string? Problem(string urls)
    {
        var parts = urls.Split(';', Tidy);
        return parts.Length == 0 ? "it is empty" : parts.Select(ProblemOf).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>
    /// The addresses for the web server. It cannot select a free port for <c>localhost</c>, which stands for two addresses, so that
    /// becomes one address.
    /// </summary>
    public static string ForServer(string urls) =>
        string.Join(';', urls.Split(';', Tidy).Select(url => IsFreePortOfLocalhost(url) ? $"http://{Loopback}:0" : url));

    /// <summary>The system's reason why an address cannot be used.</summary>
    public static string Reason(Exception refused) =>
        SocketErrorOf(refused) switch
        {
            { SocketErrorCode: SocketError.AddressNotAvailable } => "no network interface of this machine has that address",
            { SocketErrorCode: SocketError.AccessDenied } => "this user may not take a port below 1024",
            { } error => error.Message,
            null => refused.Message.TrimEnd('.'),
        };

    private static string Loopback => Socket.OSSupportsIPv4 ? "127.0.0.1" : "[::1]";

    private static string? ProblemOf(string url)
    {
        if (!url.Contains("://", StringComparison.Ordinal) || Parse(url) is not { } address)
        {
            return $"{url} is no address";
        }
        // The web server would interpret a misspelled host or port as "all addresses of this machine".
        if (!IsHost(address.Host) || address.Port is < 0 or > IPEndPoint.MaxPort)
        {
            return $"{url} names neither localhost, nor an IP address, nor * for all addresses, with a port up to {IPEndPoint.MaxPort}";
        }
        return address switch
        {
            { Scheme: "https" } => $"{url} is https, but TLS ends in front of the shop, at a proxy",
            { Scheme: not "http" } => $"{url} is not http",
            { PathBase.Length: > 0 } => $"{url} has a path, but the shop listens at the root",
            _ => null,
        };
    }

    private static bool IsHost(string host) => host is "*" or "+" || IsLocalhost(host) || IPAddress.TryParse(host, out _);

    private static bool IsLocalhost(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsFreePortOfLocalhost(string url) => Parse(url) is { Port: 0 } address && IsLocalhost(address.Host);

    // For localhost, the exception contains one inner exception for each of its two addresses.
    private static SocketException? SocketErrorOf(Exception? exception) =>
        exception switch
        {
            null => null,
            SocketException error => error,
            AggregateException several => SocketErrorOf(several.InnerExceptions[0]),
            _ => SocketErrorOf(exception.InnerException),
        };

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
