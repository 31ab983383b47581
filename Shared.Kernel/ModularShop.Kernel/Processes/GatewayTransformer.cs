using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ModularShop.Kernel.Http;
using Yarp.ReverseProxy.Forwarder;

namespace ModularShop.Kernel.Processes;

/// <summary>How a request changes when it is passed on to another process: as little as possible.</summary>
/// <param name="forwarded">The value of <see cref="ForwardedRequest.Header"/>.</param>
internal sealed class GatewayTransformer(string forwarded, bool isOfOperator) : HttpTransformer
{
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        var hasBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        // Who follows events must see at once that there is an answer, though the first event may come hours later.
        if (hasBody && isOfOperator && proxyResponse is { Content.Headers.ContentLength: null })
        {
            await httpContext.Response.Body.FlushAsync(cancellationToken);
        }
        return hasBody;
    }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        ForwardedBody.Announce(proxyRequest, httpContext.Request.BodyReader);
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var request = httpContext.Request;
        proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, request.Path, request.QueryString);
        if (httpContext.Features.Get<HeadOnly>() is not null)
        {
            proxyRequest.Method = HttpMethod.Head;
        }
        var headers = proxyRequest.Headers;
        headers.Host = request.Host.Value;
        Set(headers, ForwardedRequest.Header, forwarded);
        Set(headers, ForwardedRequest.Scheme, request.Scheme);
        Set(headers, ForwardedRequest.Prefix, request.PathBase.Value);
        Set(headers, ForwardedRequest.For, httpContext.Connection.RemoteIpAddress?.ToString());
    }

    private static void Set(HttpRequestHeaders headers, string name, string? value)
    {
        headers.Remove(name);
        if (!StringValues.IsNullOrEmpty(value))
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
