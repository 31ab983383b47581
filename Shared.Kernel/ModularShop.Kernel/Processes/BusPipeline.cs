using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Processes;

/// <summary>What every route under <c>/bus</c> has in common: it is for those who know the secret, and answers are compressed.</summary>
internal static class BusPipeline
{
    private const string Prefix = "/bus";

    public static void AddFeedCompression(this IServiceCollection services) =>
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true; // The answers contain nothing that a caller chooses.
            compression.MimeTypes = ResponseCompressionDefaults.MimeTypes.Append(Feed.BatchType);
        });

    public static void UseBusSecret(this IApplicationBuilder app, BusSecret secret) =>
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments(Prefix),
            bus =>
            {
                bus.Use((http, next) => secret.IsIn(http.Request.Headers.Authorization) ? next(http) : Refuse(http));
                bus.UseResponseCompression();
            }
        );

    private static Task Refuse(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults
            .Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                detail: "These routes are for the other processes of the shop, which know its secret."
            )
            .ExecuteAsync(http);
    }
}
