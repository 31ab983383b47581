using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

/// <summary>The host names that the shop accepts, and the address that it assumes behind a proxy.</summary>
internal sealed class AddressTests
{
    private static readonly (string, string)[] ByProxy =
    [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "shop.example"),
        ("X-Forwarded-Prefix", "/mall"),
    ];

    private readonly FixtureModule ledger = new("ledger")
    {
        WhenMapping = routes =>
        {
            routes.MapGet("/v1/address", (HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}");
            routes.MapPost("/v1/things", (HttpRequest request) => request.Created("/v1/things/1", "thing"));
        },
    };

    [TestCase("shop.example", HttpStatusCode.OK)]
    [TestCase("shop.example:8080", HttpStatusCode.OK)]
    [TestCase("a.shops.example", HttpStatusCode.OK)]
    [TestCase("evil.example", HttpStatusCode.BadRequest)]
    [TestCase("evil-shop.example", HttpStatusCode.BadRequest)]
    [TestCase("127.0.0.1", HttpStatusCode.BadRequest)]
    public async Task AllowedHosts_guards_modules_and_root_alike(string host, HttpStatusCode status)
    {
        await using var app = await Start(("AllowedHosts", "shop.example;*.shops.example"));

        foreach (var path in (string[])["/ledger/v1/ping", "/ledger/openapi/v1.json", "/health/live"])
        {
            var answer = await app.Http.Get(path, ("Host", host));
            answer.Expect(status);
            if (status is HttpStatusCode.BadRequest)
            {
                Assert.That(answer.Text, Does.Contain("localhost has to be there"));
                answer.ExpectProblem(status);
            }
        }
    }

    [Test]
    public async Task A_list_of_AllowedHosts_is_refused_as_none_of_it_would_count() =>
        await Assert.ThatAsync(
            () => Start(("AllowedHosts:0", "shop.example")),
            Throws.TypeOf<InvalidSettingException>().With.Message.Contains("semicolons")
        );

    [Test]
    public async Task A_trusted_proxy_tells_by_what_address_callers_reach_the_shop()
    {
        await using var app = await Start(("Kernel:Http:TrustedProxies", "10.0.0.0/8, 127.0.0.1,::1"));

        Assert.That(await Forwarded(app, "/ledger/v1/address"), Is.EqualTo("https://shop.example/mall/ledger/v1/address"));
        Assert.That(await Forwarded(app, "/ledger/openapi/v1.json"), Does.Contain("\"https://shop.example/mall/ledger\""));
        var created = await app.Http.Post("/ledger/v1/things", body: null, ByProxy);
        Assert.That(created.Headers.Location?.ToString(), Is.EqualTo("/mall/ledger/v1/things/1"));
    }

    [TestCase("")]
    [TestCase("10.0.0.0/8")]
    [TestCase("192.0.2.1")]
    public async Task Nobody_else_does(string trusted)
    {
        await using var app = await Start(("Kernel:Http:TrustedProxies", trusted));

        Assert.That(await Forwarded(app, "/ledger/v1/address"), Is.EqualTo($"http://{app.Http.Address.Authority}/ledger/v1/address"));
        var created = await app.Http.Post("/ledger/v1/things", body: null, ByProxy);
        Assert.That(created.Headers.Location?.ToString(), Is.EqualTo("/ledger/v1/things/1"));
    }

    [TestCase("/admin/v1/modules")]
    [TestCase("/ADMIN/v1/modules")]
    public async Task Not_even_a_trusted_proxy_tells_operations_who_is_local(string path)
    {
        await using var app = await Start(("Kernel:Http:TrustedProxies", "127.0.0.1"));

        var answer = await app.Http.Get(path, ("Host", "shop.example"), ("X-Forwarded-Host", "localhost"));

        answer.Expect(HttpStatusCode.Forbidden);
    }

    [TestCase("proxy.example")]
    [TestCase("10.0.0.0/33")]
    public void A_proxy_that_is_no_address_fails_the_start(string trusted)
    {
        Assert.That(
            () => Start(("Kernel:Http:TrustedProxies", trusted)),
            Throws.TypeOf<InvalidSettingException>().With.Message.Contain(trusted)
        );
    }

    private Task<TestApplication> Start((string Name, string Value) setting) =>
        TestApplication.Start([ledger], directory: null, new Dictionary<string, string?> { [setting.Name] = setting.Value });

    private static async Task<string> Forwarded(TestApplication app, string path) => (await app.Http.Get(path, ByProxy)).Text;
}
