using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>Passes an operator's requests about a module on to the process that runs it.</summary>
internal static class ModuleElsewhere
{
    // A middleware and not a filter: the body must not have been read.
    public static void UseModuleElsewhere(this WebApplication app, Gateway gateway) =>
        app.Use(
            async (http, next) =>
            {
                if (
                    http.Request.Path.StartsWithSegments(AdminRoutes.Prefix)
                    && http.GetRouteValue("module") is string module
                    && http.Features.GetRequiredFeature<RequestOrigin>().Doubt is null
                    && await gateway.Find(module, http.RequestAborted) is { } process
                )
                {
                    await gateway.Forward(http.Features, process, isOfOperator: true);
                    return;
                }
                await next(http);
            }
        );
}
