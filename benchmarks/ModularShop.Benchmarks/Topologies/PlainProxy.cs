using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Topologies;

/// <summary>
/// The least that .NET needs to pass a request on: Kestrel and its HTTP client, with the content's type and length and no other header, no
/// timeout and no error handling. It shows what one more process on the way costs in any case.
/// </summary>
internal static class PlainProxy
{
    public const string Role = "plain-proxy";

    /// <param name="arguments">The address of the process that everything is passed on to.</param>
    public static async Task Run(string[] arguments)
    {
        var app = SlimServer.Builder().Build();
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
            }
        );
        app.Run(http => Pass(http, client, arguments[0].TrimEnd('/')));
        await SlimServer.Serve(app);
    }

    private static async Task Pass(HttpContext http, HttpMessageInvoker client, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), address + http.Request.Path);
        if (http.Request.ContentLength is { } length)
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentLength = length;
            request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        }
        using var answer = await client.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        http.Response.ContentLength = answer.Content.Headers.ContentLength;
        await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
