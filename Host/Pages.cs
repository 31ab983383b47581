using System.Net;
using ModularShop.Kernel.Modules;
using Scalar.AspNetCore;

namespace ModularShop.Host;

/// <summary>The host's own pages: <c>/</c> is the start page, <c>/docs</c> documents all modules' routes.</summary>
internal static class Pages
{
    public static void Map(WebApplication root, IReadOnlyList<ModuleDescriptor> modules)
    {
        root.MapGet("/", (HttpRequest request) => Results.Content(Start(modules, request.PathBase), "text/html; charset=utf-8"));
        root.MapScalarApiReference(
            "/docs",
            options =>
            {
                options.Title = "ModularShop";
                // The page must not load anything from other servers, or send anything to them.
                options.DefaultFonts = false;
                options.Telemetry = false;
                options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
                options.DisableAgent();
                options.DisableMcp();
                foreach (var module in modules)
                {
                    options.AddDocument(module.Name, routePattern: $"/{module.Name}/openapi/v1.json");
                }
            }
        );
    }

    private static string Start(IReadOnlyList<ModuleDescriptor> modules, PathString pathBase)
    {
        var items = modules.Select(module =>
            $"<li><b>{WebUtility.HtmlEncode(module.Name)}</b>: {WebUtility.HtmlEncode(module.Description)}"
        );
        return $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>ModularShop</title>
            <h1>ModularShop</h1>
            <p><a href="{WebUtility.HtmlEncode(pathBase)}/docs">API reference</a> &middot; <a href="{WebUtility.HtmlEncode(
                pathBase
            )}/health/ready">Health</a></p>
            <ul>{string.Join('\n', items)}</ul>
            </html>
            """;
    }
}
