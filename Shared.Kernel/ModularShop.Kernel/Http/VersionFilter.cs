using Microsoft.AspNetCore.Http;

namespace ModularShop.Kernel.Http;

/// <summary>Adds the ETag to an answer with one versioned resource, and answers 304 when If-None-Match names its version.</summary>
internal sealed class VersionFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var value = result is INestedHttpResult { Result: var nested } ? nested : result;
        value = value is IValueHttpResult { Value: var inner } ? inner : value;
        if (value is not IVersioned versioned)
        {
            return result;
        }
        var tag = IfMatch.Tag(versioned.Version);
        context.HttpContext.Response.Headers.ETag = tag.ToString();
        var unchanged =
            HttpMethods.IsGet(context.HttpContext.Request.Method)
            && context
                .HttpContext.Request.GetTypedHeaders()
                .IfNoneMatch.Any(accepted => accepted.Compare(tag, useStrongComparison: false) || accepted.Tag == "*");
        return unchanged ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : result;
    }
}
