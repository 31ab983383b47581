using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ModularShop.Kernel.Http;

/// <summary>
/// The setting <c>AllowedHosts</c> in every pipeline of the process: names that a request may call the shop by, separated by
/// semicolons, as in <c>shop.example;*.shop.example</c>. The framework's own guard would stand before the root only.
/// </summary>
internal static class AllowedHosts
{
    private const string Setting = "AllowedHosts";
    private const string Any = "*";

    public static void UseAllowedHosts(this WebApplication app)
    {
        var allowed = (app.Configuration[Setting] ?? "")
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
                    : throw new BadRequestException("The shop is not reached by this name.", "Host")
        );
    }
}
