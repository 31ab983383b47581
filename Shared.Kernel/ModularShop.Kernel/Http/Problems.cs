using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace ModularShop.Kernel.Http;

/// <summary>Configures how each pipeline of the process, of modules and of the root, answers errors.</summary>
internal static class Problems
{
    public static void AddProblems(this IServiceCollection services)
    {
        // Registered first: the framework's own writer writes nothing when the caller does not accept JSON.
        services.AddSingleton<IProblemDetailsWriter, ProblemBody>();
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemWriter>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(
            (http, next) =>
            {
                RefuseOtherEncodings(http);
                return next(http);
            }
        );
    }

    // The framework throws for an unknown character set; JSON must be UTF-8 (RFC 8259, section 8.1).
    private static void RefuseOtherEncodings(HttpContext http)
    {
        var request = http.Request;
        if (
            request.Headers.ContentEncoding.Count > 0
            && http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false }
            && request.Headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding).Any(coding => !IsIdentity(coding))
        )
        {
            throw new UnsupportedBodyException("A body is sent as it is, without a Content-Encoding.");
        }
        if (
            request.HasJsonContentType()
            && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.Charset.HasValue
            && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new BadHttpRequestException("JSON is in UTF-8.", StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static bool IsIdentity(string coding) => coding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Writes the problem as JSON, even if the caller does not accept it: an unrequested format is better than no answer.
    /// </summary>
    private sealed class ProblemBody : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public async ValueTask WriteAsync(ProblemDetailsContext context)
        {
            var http = context.HttpContext;
            // Fills in the default title and type for the status.
            var problem = TypedResults.Problem(context.ProblemDetails).ProblemDetails;
            problem.Status ??= http.Response.StatusCode;
            problem.Extensions["traceId"] = Activity.Current?.Id ?? http.TraceIdentifier;
            await http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, "application/problem+json");
        }
    }
}
