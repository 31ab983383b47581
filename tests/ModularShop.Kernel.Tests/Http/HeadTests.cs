using System.Net;
using Microsoft.AspNetCore.Builder;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class HeadTests
{
    private readonly FixtureModule ledger = new("ledger");

    [TestCase("/", HttpStatusCode.OK)]
    [TestCase("/ledger/v1/ping", HttpStatusCode.OK)]
    [TestCase("/ledger/openapi/v1.json", HttpStatusCode.OK)]
    [TestCase("/health/ready", HttpStatusCode.OK)]
    [TestCase("/admin/v1/modules", HttpStatusCode.OK)]
    [TestCase("/admin/v1/modules/ledger/events", HttpStatusCode.OK)]
    [TestCase("/admin/v1/modules/ledger/events/stream", HttpStatusCode.OK)]
    [TestCase("/ledger/v1/nothing", HttpStatusCode.NotFound)]
    [TestCase("/nothing", HttpStatusCode.NotFound)]
    [TestCase("/ledger/v1/entries", HttpStatusCode.MethodNotAllowed)]
    public async Task A_HEAD_is_answered_as_a_GET_without_the_body(string path, HttpStatusCode status)
    {
        await using var app = await TestApplication.Start([ledger], null, configureRoot: root => root.MapGet("/", () => "a page"));

        using var head = await app.Send(HttpMethod.Head, path);
        using var next = await app.Send(HttpMethod.Get, "/ledger/v1/ping");

        Assert.That(head.StatusCode, Is.EqualTo(status));
        Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
        Assert.That(await next.Content.ReadAsStringAsync(), Is.EqualTo("pong"), "the connection is in order");
    }
}
