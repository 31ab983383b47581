using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ModularShop.Kernel.Http;

/// <summary>
/// The setting <c>AllowedHosts</c> in every pipeline of the process: names that a request may call it by, separated by
/// semicolons, as in <c>example.com;*.example.com</c>. The framework's own guard would stand before the root only.
/// </summary>
internal static class AllowedHosts
{
    private const string Setting = "AllowedHosts";
    private const string Any = "*";

    /// <exception cref="InvalidSettingException">It is a list.</exception>
    public static void UseAllowedHosts(this WebApplication app)
    {
        var setting = app.Configuration.GetSection(Setting);
        // A list in JSON has no value of its own, as if nothing had been set.
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
                // As in the framework's guard, HTTP/1.0 may call it by no name.
                !http.Request.Host.HasValue || HostString.MatchesAny(new HostString(http.Request.Host.Host).ToUriComponent(), allowed)
                    ? next(http)
                    : throw new BadRequestException(
                        $"The host that is asked for is not among {Setting}. For programs of this machine, localhost has to be there.",
                        "Host"
                    )
        );
    }
}
