using System.Net;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

internal sealed class HealthTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");

    [Test]
    public async Task Ready_has_one_entry_a_module_and_one_a_subscription()
    {
        await using var app = await TestApplication.Start(publisher, reader);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await reader.Received(2);
        await app.CaughtUp();

        var ready = await app.Http.Json("/health/ready");

        Assert.That(ready.Text("status"), Is.EqualTo("healthy"));
        var entries = ready.GetProperty("entries");
        Assert.That(
            entries.EnumerateObject().Select(entry => entry.Name),
            Is.EquivalentTo(["module publisher", "module reader", "subscription reader <- publisher"])
        );
        Assert.That(entries.GetProperty("module reader").GetProperty("data").Text("state"), Is.EqualTo("running"));
        var subscription = entries.GetProperty("subscription reader <- publisher").GetProperty("data");
        Assert.That(subscription.Number("position"), Is.EqualTo(2));
        Assert.That(subscription.Number("lag"), Is.Zero);
        Assert.That(subscription.Number("deadLetters"), Is.Zero);
        Assert.That(subscription.Number("parked"), Is.Zero);
    }

    [Test]
    public async Task Dead_letters_degrade_a_subscription_but_the_application_is_ready()
    {
        reader.WhenHappened = (_, _, _) => throw new InvalidOperationException("It never works.");
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await app.Http.WaitForDeadLetters("reader", 2);

        var answer = await app.Http.Get("/health/ready");
        var entry = answer.Body.GetProperty("entries").GetProperty("subscription reader <- publisher");

        answer.Expect(HttpStatusCode.OK);
        Assert.That(entry.Text("status"), Is.EqualTo("degraded"));
        Assert.That(entry.GetProperty("data").Number("deadLetters"), Is.EqualTo(1));
        Assert.That(entry.GetProperty("data").Number("parked"), Is.EqualTo(1));
    }

    [Test]
    public async Task Live_says_no_more_than_that_the_process_answers()
    {
        await using var app = await TestApplication.Start(publisher);

        var live = await app.Http.Json("/health/live");

        Assert.That(live.Text("status"), Is.EqualTo("healthy"));
        Assert.That(live.GetProperty("entries").EnumerateObject(), Is.Empty);
    }
}
