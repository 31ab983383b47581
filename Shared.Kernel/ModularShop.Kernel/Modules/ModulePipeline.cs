using System.IO.Pipelines;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;

namespace ModularShop.Kernel.Modules;

/// <summary>The request pipeline of every module, around the module's own middleware and endpoints.</summary>
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
        services.AddSingleton(_ => new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions { PermitLimit = options.ConcurrentRequests, QueueLimit = options.WaitingRequests }
        ));
        // Applies to limits that the module itself configures.
        services.AddRateLimiter(limiter => limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable);
        services.AddModuleOpenApi(module.Name, module.Description);
    }

    public static void Use(WebApplication app, Module module, HttpOptions options)
    {
        app.UseProblems();
        app.UseAllowedHosts();
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
        LimitConcurrency(app);
        app.Use(NoteRequest);
        if (HasOwnLimits(app.Services))
        {
            UseOwnLimits(app);
        }
        module.UseOwnMiddleware(app);
        var endpoints = app.MapGroup("").AddEndpointFilter<VersionFilter>().WithTags(module.Name).DescribeProblems();
        module.MapOwnEndpoints(endpoints);
        app.MapOpenApi().DisableRequestTimeout();
        // The framework would add the endpoints to those of the container when the application starts: too late to check them before.
        app.UseEndpoints(_ => { });
    }

    private static Task NoteRequest(HttpContext http, RequestDelegate next)
    {
        var path = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? http.Request.Path;
        http.RequestServices.GetRequiredService<RequestScope>().Request = new SentRequest(
            Caller.Anonymous,
            http.Request.Method,
            path,
            http.Request.Headers[IdempotencyKey.Header]
        );
        return next(http);
    }

    // The framework's middleware is not used, as it never disposes of its limiters: their timers keep a stopped module's container in
    // memory (github.com/dotnet/aspnetcore/issues/69061). The container disposes of this limiter.
    private static void LimitConcurrency(WebApplication app)
    {
        var limiter = app.Services.GetRequiredService<ConcurrencyLimiter>();
        app.Use(
            async (http, next) =>
            {
                using var place = await limiter.AcquireAsync(permitCount: 1, http.RequestAborted);
                if (place.IsAcquired)
                {
                    await next(http);
                }
                else
                {
                    http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                }
            }
        );
    }

    // The kernel itself registers one configuration.
    private static bool HasOwnLimits(IServiceProvider services) =>
        services.GetServices<IConfigureOptions<RateLimiterOptions>>().Skip(1).Any();

    private static void UseOwnLimits(WebApplication app)
    {
        app.Use(TimeOutInTheQueue);
        app.Use(next =>
        {
            var limits = ((IApplicationBuilder)app).New();
            limits.UseRateLimiter();
            limits.Run(next);
            var pipeline = limits.Build();
            app.Lifetime.ApplicationStopped.Register(() => DisposeLimiters(pipeline.Target));
            return pipeline;
        });
        app.Use(
            (http, next) =>
            {
                http.Items[Admitted] = true;
                return next(http);
            }
        );
    }

    // The middleware has no public access to its limiters.
    private static void DisposeLimiters(object? middleware)
    {
        var fields = middleware?.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic) ?? [];
        foreach (var limiter in fields.Select(field => field.GetValue(middleware)).OfType<PartitionedRateLimiter<HttpContext>>())
        {
            limiter.Dispose();
        }
    }

    // If a request times out while it waits in the rate limiter's queue, no answer is set, and a 200 would be sent.
    private static async Task TimeOutInTheQueue(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (!http.Items.ContainsKey(Admitted))
        {
            http.RequestAborted.ThrowIfCancellationRequested();
        }
    }

    // The framework reads a body to its end, however long that takes. A client that sends its body slowly would hold a concurrency
    // permit indefinitely.
    private static async Task StopReadingInTime(HttpContext http, RequestDelegate next)
    {
        using var _ = http.RequestAborted.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), http.Request.BodyReader);
        await next(http);
    }

    /// <summary>Builds all endpoints at once, so that an invalid one fails the start and not the first request.</summary>
    public static void CheckEndpoints(WebApplication app)
    {
        var endpoints = app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).ToList();
        if (
            !HasOwnLimits(app.Services)
            && endpoints.Find(endpoint => endpoint.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null) is { } limited
        )
        {
            throw new InvalidOperationException(
                $"{limited.DisplayName} requires a rate limit, and the module sets none: add it in AddServices by AddRateLimiter."
            );
        }
    }
}
