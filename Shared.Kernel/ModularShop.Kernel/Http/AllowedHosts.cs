using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ModularShop.Kernel.Http;

/// <summary>
/// Applies the setting <c>AllowedHosts</c> in every pipeline of the process: the host names that requests may use, separated by
/// semicolons, for example <c>example.com;*.example.com</c>. The framework's own filter would protect the root pipeline only.
/// </summary>
internal static class AllowedHosts
{
    private const string Setting = "AllowedHosts";
    private const string Any = "*";

    /// <exception cref="InvalidSettingException">The setting is a list.</exception>
    public static void UseAllowedHosts(this WebApplication app)
    {
        var setting = app.Configuration.GetSection(Setting);
        // A JSON list has no value of its own; it would look as if nothing were set.
        if (string.IsNullOrEmpty(setting.Value) && setting.GetChildren().Any())
        {
            throw new InvalidSettingException(
                $"{Setting} is a list or a group, but it is one setting: names separated by semicolons, as in www.example.com;localhost."
            );
        }
        var allowed = (setting.Value ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(host => new StringSegment(new HostString(host).ToUriComponent()))
            .ToList();
        if (allowed.Count == 0 || allowed.Contains(Any))
        {
            return;
        }
        app.Use(
            (http, next) =>
                // An HTTP/1.0 request may have no host name, as in the framework's filter.
                !http.Request.Host.HasValue || HostString.MatchesAny(new HostString(http.Request.Host.Host).ToUriComponent(), allowed)
                    ? next(http)
                    : throw new BadRequestException(
                        $"The host that is asked for is not among {Setting}. For programs of this machine, localhost has to be there.",
                        "Host"
                    )
        );
    }
}
