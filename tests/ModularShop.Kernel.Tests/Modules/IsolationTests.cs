using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

internal sealed class IsolationTests
{
    private readonly FixtureModule open = new("open");
    private readonly FixtureModule strict = new("strict");

    [Test]
    public async Task Services_of_the_same_type_are_each_modules_own()
    {
        foreach (var module in (FixtureModule[])[open, strict])
        {
            module.WhenAddingServices = services => services.AddSingleton(new Greeting($"Hello from {module.Name}"));
            module.WhenMapping = routes => routes.MapGet("/v1/greeting", (Greeting greeting) => greeting.Text);
        }
        await using var app = await TestApplication.Start(open, strict);

        Assert.That((await app.Http.Get("/open/v1/greeting")).Text, Is.EqualTo("Hello from open"));
        Assert.That((await app.Http.Get("/strict/v1/greeting")).Text, Is.EqualTo("Hello from strict"));
    }

    [Test]
    public async Task Authorization_policies_of_the_same_name_are_each_modules_own()
    {
        foreach (var module in (FixtureModule[])[open, strict])
        {
            module.WhenAddingServices = services =>
            {
                services.AddAuthentication("anyone").AddScheme<AuthenticationSchemeOptions, Anyone>("anyone", configureOptions: null);
                services.AddAuthorizationBuilder().AddPolicy("staff", policy => policy.RequireAssertion(_ => module == open));
            };
            module.WhenUsing = app => app.UseAuthentication().UseAuthorization();
            module.WhenMapping = routes => routes.MapGet("/v1/office", () => "come in").RequireAuthorization("staff");
        }
        await using var app = await TestApplication.Start(open, strict);

        Assert.That(await Status(app, "/open/v1/office"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Status(app, "/strict/v1/office"), Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Rate_limiters_of_the_same_name_are_each_modules_own()
    {
        foreach (var module in (FixtureModule[])[open, strict])
        {
            module.WhenAddingServices = services =>
                services.AddRateLimiter(limiter =>
                    limiter.AddFixedWindowLimiter(
                        "visits",
                        window => (window.PermitLimit, window.Window) = (module == open ? 100 : 1, TimeSpan.FromHours(1))
                    )
                );
            module.WhenMapping = routes => routes.MapGet("/v1/visit", () => "welcome").RequireRateLimiting("visits");
        }
        await using var app = await TestApplication.Start(open, strict);

        Assert.That(await Status(app, "/strict/v1/visit"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Status(app, "/strict/v1/visit"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await Status(app, "/open/v1/visit"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Status(app, "/open/v1/visit"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_rate_limit_that_is_required_and_that_nobody_sets_fails_the_modules_start()
    {
        strict.WhenMapping = routes => routes.MapGet("/v1/visit", () => "welcome").RequireRateLimiting("visits");
        await using var app = await TestApplication.Start(open, strict);

        Assert.That(app.Quarantined["strict"], Does.Contain("/v1/visit").And.Contain("AddRateLimiter"));
    }

    [Test]
    public async Task Middleware_is_each_modules_own()
    {
        strict.WhenUsing = app =>
            app.Use(
                (HttpContext http, RequestDelegate _) =>
                {
                    http.Response.StatusCode = StatusCodes.Status418ImATeapot;
                    return Task.CompletedTask;
                }
            );
        await using var app = await TestApplication.Start(open, strict);

        Assert.That(await Status(app, "/strict/v1/ping"), Is.EqualTo((HttpStatusCode)418));
        Assert.That(await Status(app, "/open/v1/ping"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_bug_fails_its_request_only_and_gives_nothing_away()
    {
        await using var app = await TestApplication.Start(open, strict);

        var failed = await app.Http.Get("/open/v1/bug");
        var body = failed.Text;

        failed.Expect(HttpStatusCode.InternalServerError);
        Assert.That(failed.ContentType, Is.EqualTo("application/problem+json"));
        Assert.That(body, Does.Not.Contain("Exception").And.Not.Contain("secret").And.Not.Contain("/srv").And.Not.Contain("   at "));
        Assert.That(await Status(app, "/open/v1/ping"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Status(app, "/strict/v1/ping"), Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task<HttpStatusCode> Status(TestApplication app, string path)
    {
        var answer = await app.Http.Get(path);
        return answer.Status;
    }

    private sealed record Greeting(string Text);

    private sealed class Anyone(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(
                AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name))
            );
    }
}
