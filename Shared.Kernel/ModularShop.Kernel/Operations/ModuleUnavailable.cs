using Microsoft.AspNetCore.Http;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Operations;

/// <summary>
/// The root's answer to requests that no module handled: 503 with the reason when the module is not running
/// or runs elsewhere, otherwise 404.
/// </summary>
internal static class ModuleUnavailable
{
    public static IResult Answer(HttpContext http, ModuleSupervisors modules, KnownModules known)
    {
        var name = http.Request.Path.Value?.Split('/', 3) is [_, var segment, ..] ? segment : "";
        if (modules.Find(name) is not { } module)
        {
            if (known.Find(name) is { } elsewhere)
            {
                http.Response.Headers.RetryAfter = "5";
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status503ServiceUnavailable,
                    title: $"Module '{elsewhere.Name}' does not run in this process.",
                    detail: "Ask the process that runs it. With a topology, this process passes requests on to that one.",
                    extensions: new Dictionary<string, object?> { ["module"] = elsewhere.Name }
                );
            }
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is nothing at this address.");
        }
        http.Response.Headers.RetryAfter = "5";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: $"Module '{module.Descriptor.Name}' is {module.State.ToString().ToLowerInvariant()}.",
            detail: module.Reason ?? "It is starting or stopping. Try again shortly.",
            extensions: new Dictionary<string, object?> { ["module"] = module.Descriptor.Name }
        );
    }
}
