using System.Net;

namespace ModularShop.Kernel;

/// <summary>A setting that lists proxies: addresses and networks, separated by commas.</summary>
internal static class ProxyList
{
    /// <summary>The networks of a list without <see cref="Problems"/>. A single address becomes a network.</summary>
    public static IReadOnlyList<IPNetwork> Networks(string list) => [.. Entries(list).Select(Network).OfType<IPNetwork>()];

    /// <summary>The entries of the list that are neither an address nor a network.</summary>
    public static IEnumerable<string> Problems(string list) =>
        from text in Entries(list)
        where Network(text) is null
        select $"{KernelOptions.Section}:Http:TrustedProxies has '{text}'; it takes addresses and networks such as 10.0.0.0/8, "
            + "separated by commas.";

    private static string[] Entries(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
