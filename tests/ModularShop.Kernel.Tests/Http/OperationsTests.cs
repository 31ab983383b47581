using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class OperationsTests
{
    private readonly FixtureModule ledger = new("ledger");

    [TestCase("X-Forwarded-For", "192.0.2.1")]
    [TestCase("Forwarded", "for=192.0.2.1")]
    [TestCase("Origin", "http://evil.example")]
    [TestCase("Via", "1.1 proxy")]
    [TestCase("Host", "evil.example")]
    [TestCase("Host", "localhost.evil.example")]
    [TestCase("X-Forwarded-Host", "localhost")]
    [TestCase("X-Forwarded-Proto", "https")]
    [TestCase("X-Forwarded-Port", "443")]
    [TestCase("X-Forwarded-Prefix", "/shop")]
    [TestCase("X-Forwarded-Server", "front")]
    [TestCase("X-Forwarded-Client-Cert", "x")]
    [TestCase("X-Forwarded", "for=192.0.2.1")]
    [TestCase("Forwarded-For", "192.0.2.1")]
    [TestCase("X-Original-For", "192.0.2.1")]
    [TestCase("X-Original-Host", "shop.example")]
    [TestCase("X-Original-URL", "/")]
    [TestCase("X-Real-IP", "192.0.2.1")]
    [TestCase("X-Client-IP", "192.0.2.1")]
    [TestCase("Client-IP", "192.0.2.1")]
    [TestCase("True-Client-IP", "192.0.2.1")]
    [TestCase("CF-Connecting-IP", "192.0.2.1")]
    [TestCase("CF-Connecting-IPv6", "2001:db8::1")]
    [TestCase("CF-Ray", "1")]
    [TestCase("CDN-Loop", "cloudflare")]
    [TestCase("Fastly-Client-IP", "192.0.2.1")]
    [TestCase("Fly-Client-IP", "192.0.2.1")]
    [TestCase("X-Cluster-Client-IP", "192.0.2.1")]
    [TestCase("X-Envoy-External-Address", "192.0.2.1")]
    [TestCase("X-Azure-ClientIP", "192.0.2.1")]
    [TestCase("X-Appengine-Remote-Addr", "192.0.2.1")]
    [TestCase("X-Amzn-Trace-Id", "Root=1")]
    [TestCase("X-ProxyUser-Ip", "192.0.2.1")]
    [TestCase("X-ARR-LOG-ID", "1")]
    [TestCase("MS-ASPNETCORE-TOKEN", "1")]
    [TestCase("Proxy-Connection", "keep-alive")]
    [TestCase("Max-Forwards", "10")]
    [TestCase("Referer", "http://localhost/")]
    [TestCase("Sec-Fetch-Site", "same-origin")]
    [TestCase("Sec-Fetch-Site", "none")]
    [TestCase("Cookie", "a=b")]
    [TestCase("X-Of-A-Proxy-Of-Tomorrow", "192.0.2.1")]
    public async Task Operations_are_closed_to_what_a_proxy_or_a_browser_brings(string header, string value)
    {
        await using var app = await TestApplication.Start(ledger);

        var answer = await app.Http.Get("/admin/v1/modules", (header, value));

        answer.Expect(HttpStatusCode.Forbidden);
        Assert.That(answer.ContentType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task A_header_does_not_decide_who_is_local_where_forwarded_headers_are_trusted()
    {
        // The effect of ASPNETCORE_FORWARDEDHEADERS_ENABLED: remote address and host are taken from the headers.
        var trusting = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
        await using var app = await TestApplication.Start(
            [ledger],
            directory: null,
            configureRoot: root => root.UseForwardedHeaders(trusting)
        );

        var forwarded = await app.Http.Get(
            "/admin/v1/modules",
            ("Host", "shop.example"),
            ("X-Forwarded-For", "127.0.0.1"),
            ("X-Forwarded-Host", "localhost"),
            ("X-Forwarded-Proto", "http")
        );
        var direct = await app.Http.Get("/admin/v1/modules");

        forwarded.Expect(HttpStatusCode.Forbidden);
        direct.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Local_callers_are_recognized_by_the_connection_and_not_by_headers()
    {
        await using var app = await TestApplication.Start(
            [ledger],
            directory: null,
            configureRoot: root =>
                root.Use(
                    (http, next) =>
                    {
                        http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
                        http.Request.Headers["X-Forwarded-For"] = "192.0.2.1";
                        return next(http);
                    }
                )
        );

        var answer = await app.Http.Get("/admin/v1/modules");

        answer.Expect(HttpStatusCode.OK);
    }

    // With its defaults, nginx adds no header that identifies it.
    [Test]
    public async Task A_request_of_HTTP_1_0_comes_from_a_proxy()
    {
        await using var app = await TestApplication.Start(ledger);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/v1/modules") { Version = HttpVersion.Version10 };

        var answer = await app.Http.Send(request);

        answer.Expect(HttpStatusCode.Forbidden);
    }

    [TestCase("User-Agent", "curl/8.5.0")]
    [TestCase("Accept", "*/*")]
    [TestCase("Accept-Encoding", "gzip")]
    [TestCase("Connection", "close")]
    [TestCase("Upgrade", "h2c")]
    [TestCase("HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA")]
    [TestCase("Cache-Control", "no-cache")]
    [TestCase("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [TestCase("Authorization", "Bearer x")]
    [TestCase("Host", "LOCALHOST:80")]
    [TestCase("Host", "[::1]:80")]
    [TestCase("Host", "127.0.0.2")]
    public async Task Operations_are_open_to_programs_of_this_machine(string header, string value)
    {
        await using var app = await TestApplication.Start(ledger);

        var answer = await app.Http.Get("/admin/v1/modules", (header, value));

        answer.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Modules_are_listed_with_their_state_and_file()
    {
        await using var app = await TestApplication.Start(ledger, new RebuildableModule("reader"));
        await ledger.Send(new AddEntry.Command("tea"));

        var modules = (await app.Http.Json("/admin/v1/modules")).EnumerateArray().ToDictionary(module => module.Text("name"));

        Assert.That(modules.Keys, Is.EquivalentTo(["ledger", "reader"]));
        Assert.That(modules["ledger"].Text("state"), Is.EqualTo("running"));
        Assert.That(modules["ledger"].Text("file"), Is.EqualTo("ledger.db"), "no path");
        Assert.That(modules["ledger"].Number("events"), Is.EqualTo(1));
        Assert.That(modules["ledger"].GetProperty("rebuildable").GetBoolean(), Is.False);
        Assert.That(modules["reader"].GetProperty("rebuildable").GetBoolean(), Is.True);
    }

    [Test]
    public async Task Events_are_listed_as_CloudEvents_in_pages()
    {
        await using var app = await TestApplication.Start(ledger);
        foreach (var subject in (string[])["tea", "milk", "sugar"])
        {
            await ledger.Send(new AddEntry.Command(subject));
        }

        var page = (await app.Http.Json("/admin/v1/modules/ledger/events?after=1&limit=1")).EnumerateArray().Single();

        Assert.That(page.Text("specversion"), Is.EqualTo("1.0"));
        Assert.That(page.Text("source"), Is.EqualTo("/ledger"));
        Assert.That(page.Number("position"), Is.EqualTo(2));
        Assert.That(page.Number("eventversion"), Is.EqualTo(1));
        Assert.That(Guid.Parse(page.Text("id")).Version, Is.EqualTo(7));
        Assert.That(page.GetProperty("time").GetDateTimeOffset().Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_page_of_events_is_whole_however_large_they_are()
    {
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:TailBytes"] = "1" };
        await using var app = await TestApplication.Start([ledger], directory: null, settings);
        foreach (var subject in (string[])["tea", "milk", "sugar"])
        {
            await ledger.Send(new AddEntry.Command(subject));
        }

        Assert.That((await app.Http.Events("ledger")).Select(e => e.Number("position")), Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public async Task A_status_that_no_dead_letter_can_have_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);

        var answer = await app.Http.Get("/admin/v1/modules/ledger/dead-letters?status=Dead");

        var problem = answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(["status"]));
    }

    [TestCase("/admin/v1/modules/nothing/restart", HttpStatusCode.NotFound)]
    [TestCase("/admin/v1/modules/nothing/rebuild", HttpStatusCode.NotFound)]
    public async Task What_does_not_exist_cannot_be_operated_on(string path, HttpStatusCode status)
    {
        await using var app = await TestApplication.Start(ledger);

        var answer = await app.Http.Post(path);

        answer.Expect(status);
    }

    [Test]
    public async Task A_module_in_quarantine_says_so_to_who_asks_for_its_events()
    {
        ledger.WhenMapping = _ => throw new InvalidOperationException("No way in.");
        await using var app = await TestApplication.Start(ledger);

        var answer = await app.Http.Get("/admin/v1/modules/ledger/events");

        answer.Expect(HttpStatusCode.Conflict);
        Assert.That(answer.Body.Text("detail"), Does.Contain("No way in."));
    }
}
