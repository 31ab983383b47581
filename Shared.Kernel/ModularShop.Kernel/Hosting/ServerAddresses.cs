using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;

namespace ModularShop.Kernel.Hosting;

/// <summary>Decides where the server of the process listens: the host's options or the configuration.</summary>
internal static class ServerAddresses
{
    private const string Server = "Kestrel";
    private const string Endpoints = "Endpoints";
    private const string Section = $"{Server}:{Endpoints}";

    public static void ListenOn(this WebApplicationBuilder builder, string urls, ConfiguredAddresses configured)
    {
        builder.WebHost.UseUrls(urls);
        if (configured is ConfiguredAddresses.Used)
        {
            builder.WebHost.PreferHostingUrls(false);
            return;
        }
        var settings = configured is ConfiguredAddresses.Foreign ? [] : builder.Configuration.WithoutEndpoints();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Configure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        if (configured is ConfiguredAddresses.Foreign)
        {
            // The indexer sets the value in every source, so no source overrides it.
            builder.Configuration["AllowedHosts"] = "*";
            builder.Configuration[WebHostDefaults.HttpPortsKey] = "";
            builder.Configuration[WebHostDefaults.HttpsPortsKey] = "";
        }
    }

    public static bool AreIn(IConfiguration configuration) => configuration.GetSection(Section).GetChildren().Any();

    /// <exception cref="InvalidSettingException">The server listens on Unix sockets only.</exception>
    public static Uri Of(IFeatureCollection server) =>
        server.GetRequiredFeature<IServerAddressesFeature>().Addresses.FirstOrDefault(address => !BindingAddress.Parse(address).IsUnixPipe)
            is { } address
            ? new(address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal))
            : throw new InvalidSettingException($"{Section} has no address of TCP, such as http://localhost:5080.");

    /// <summary>The exception for a wrong configuration, or for an address in it that is in use.</summary>
    public static Exception Refused(Exception reason)
    {
        var message = $"Cannot listen where {Section} of the configuration says: {reason.Message.ReplaceLineEndings(" ")}";
        return reason is IOException or SocketException ? new IOException(message, reason) : new InvalidSettingException(message);
    }

    private static IEnumerable<KeyValuePair<string, string?>> WithoutEndpoints(this ConfigurationManager configuration) =>
        configuration
            .GetSection(Server)
            .AsEnumerable(makePathsRelative: true)
            .Where(setting =>
                !setting.Key.Equals(Endpoints, StringComparison.OrdinalIgnoreCase)
                && !setting.Key.StartsWith($"{Endpoints}:", StringComparison.OrdinalIgnoreCase)
            );
}
