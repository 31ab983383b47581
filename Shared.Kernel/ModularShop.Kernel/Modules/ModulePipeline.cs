using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Modules;

/// <summary>The request pipeline that every module gets, around its own middleware and endpoints.</summary>
internal static class ModulePipeline
{
    private static readonly object Admitted = new();

    public static void AddServices(IServiceCollection services, Module module, HttpOptions options)
    {
        services.AddRouting();
        services.AddHttpContextAccessor();
        services.AddProblems();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            json.SerializerOptions.Converters.Add(new ExactDecimalJson());
            json.SerializerOptions.Converters.Add(new MillisecondJson());
        });
        services.AddRequestTimeouts(timeouts =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = options.RequestTimeout,
                TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
            }
        );
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ =>
                RateLimitPartition.GetConcurrencyLimiter(
                    module.Name,
                    _ => new ConcurrencyLimiterOptions { PermitLimit = options.ConcurrentRequests, QueueLimit = options.WaitingRequests }
                )
            );
        });
        services.AddModuleOpenApi(module);
    }

    public static void Use(WebApplication app, Module module, HttpOptions options)
    {
        app.UseProblems();
        app.Use(
            (http, next) =>
            {
                if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
                {
                    body.MaxRequestBodySize = options.MaxRequestBody;
                }
                return next(http);
            }
        );
        app.UseRouting();
        app.UseRequestTimeouts();
        app.Use(StopReadingInTime);
        app.Use(TimeOutInTheQueue);
        app.UseRateLimiter();
        app.Use(
            (http, next) =>
            {
                http.Items[Admitted] = true;
                return next(http);
            }
        );
        module.UseOwnMiddleware(app);
        var endpoints = app.MapGroup("").AddEndpointFilter<VersionFilter>().WithTags(module.Name).DescribeProblems();
        module.MapOwnEndpoints(endpoints);
        app.MapOpenApi().DisableRequestTimeout();
    }

    // The rate limiter leaves a request whose time ran out while it waited without an answer, which would be sent as a 200.
    private static async Task TimeOutInTheQueue(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (!http.Items.ContainsKey(Admitted))
        {
            http.RequestAborted.ThrowIfCancellationRequested();
        }
    }

    // The framework reads a body to its end, however long that takes: who trickles would keep his place for ever.
    private static async Task StopReadingInTime(HttpContext http, RequestDelegate next)
    {
        using var _ = http.RequestAborted.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), http.Request.BodyReader);
        await next(http);
    }

    /// <summary>Builds every endpoint now, so that a bad one fails the start and not the first request.</summary>
    public static void CheckEndpoints(WebApplication app)
    {
        foreach (var source in app.Services.GetServices<EndpointDataSource>())
        {
            _ = source.Endpoints.Count;
        }
    }
}
