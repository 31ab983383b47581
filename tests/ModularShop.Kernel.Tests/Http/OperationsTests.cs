using System.Net;
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
    public async Task Operations_are_closed_to_what_a_proxy_or_a_browser_brings(string header, string value)
    {
        await using var app = await TestApplication.Start(ledger);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/v1/modules");
        request.Headers.Add(header, value);

        using var answer = await app.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task Modules_are_listed_with_their_state_and_file()
    {
        await using var app = await TestApplication.Start(ledger, new RebuildableModule("reader"));
        await ledger.Send(new AddEntry.Command("tea"));

        var modules = (await app.Get("/admin/v1/modules")).EnumerateArray().ToDictionary(module => module.Text("name"));

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

        var page = (await app.Get("/admin/v1/modules/ledger/events?after=1&limit=1")).EnumerateArray().Single();

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

        Assert.That((await app.Events("ledger")).Select(e => e.Number("position")), Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public async Task A_status_that_no_dead_letter_can_have_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);

        using var answer = await app.Send(HttpMethod.Get, "/admin/v1/modules/ledger/dead-letters?status=Dead");

        var problem = await Problem.Of(answer, HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(["status"]));
    }

    [TestCase("/admin/v1/modules/nothing/restart", HttpStatusCode.NotFound)]
    [TestCase("/admin/v1/modules/nothing/rebuild", HttpStatusCode.NotFound)]
    public async Task What_does_not_exist_cannot_be_operated_on(string path, HttpStatusCode status)
    {
        await using var app = await TestApplication.Start(ledger);

        using var answer = await app.Post(path);

        Assert.That(answer.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task A_module_in_quarantine_says_so_to_who_asks_for_its_events()
    {
        ledger.WhenMapping = _ => throw new InvalidOperationException("No way in.");
        await using var app = await TestApplication.Start(ledger);

        using var answer = await app.Http.GetAsync(new Uri("/admin/v1/modules/ledger/events", UriKind.Relative));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await answer.Json()).Text("detail"), Does.Contain("No way in."));
    }
}
