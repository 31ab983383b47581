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

        var head = await app.Http.Send(HttpMethod.Head, path);
        var next = await app.Http.Get("/ledger/v1/ping");

        head.Expect(status);
        Assert.That(head.Text, Is.Empty);
        Assert.That(next.Text, Is.EqualTo("pong"), "the connection is in order");
    }
}
