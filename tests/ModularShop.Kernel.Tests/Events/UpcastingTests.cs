using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class UpcastingTests
{
    private static readonly IntegrationEvent[] History =
    [
        new MeasuredAsText("roof", "21 C"),
        new MeasuredInDegrees("roof", 22),
        new Measured("roof", 235),
        new MeasuredAsText("roof", "24 C"),
    ];

    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");

    [Test]
    public async Task Events_of_older_versions_reach_the_reaction_in_the_version_that_it_knows()
    {
        await using var app = await TestApplication.Start(publisher, reader);

        await publisher.Publish(History);

        Assert.That(await reader.Received(4), Is.EqualTo([210, 220, 235, 240]));
        Assert.That((await reader.Receipts()).Select(r => r.Subject), Is.All.EqualTo("roof: roof"), "the key stays that of the envelope");
    }

    [Test]
    public async Task A_new_subscriber_and_a_rebuild_read_older_versions_too()
    {
        var directory = TestApplication.NewDirectory();
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish(History);
        }
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            Assert.That(await reader.Received(4), Is.EqualTo([210, 220, 235, 240]));

            await app.Http.Post("/admin/v1/modules/reader/rebuild");
            await app.CaughtUp();

            Assert.That(await reader.Received(4), Is.EqualTo([210, 220, 235, 240]));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task An_upcaster_that_throws_makes_a_dead_letter_at_once_and_nothing_is_lost()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Settings.ImpatientRetries);

        await publisher.Publish([
            new MeasuredAsText("roof", "hot"),
            new MeasuredAsText("roof", "22 C"),
            new MeasuredAsText("hall", "18 C"),
        ]);

        var letters = await app.Http.WaitForDeadLetters("reader", 2);
        Assert.That(await reader.Received(1), Is.EqualTo([180]), "other keys go on");
        Assert.That(letters.Select(letter => letter.Text("status")), Is.EqualTo(["dead", "parked"]));
        Assert.That(letters[0].Number("attempts"), Is.EqualTo(1));
        Assert.That(
            letters[0].Text("error"),
            Does.Contain("MeasuredFrom1 could not bring 'publisher.measured' from version 1 to 2").And.Contain("'hot'")
        );
        Assert.That(letters[0].GetProperty("event").Number("eventversion"), Is.EqualTo(1));
        Assert.That(letters[0].GetProperty("event").GetProperty("data").Text("reading"), Is.EqualTo("hot"), "as it was published");
    }

    [Test]
    public async Task After_an_upgrade_a_retry_delivers_dead_and_parked_events_of_older_versions()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish([new MeasuredAsText("roof", "hot"), new MeasuredInDegrees("roof", 22), new Measured("roof", 230)]);
            await app.Http.WaitForDeadLetters("reader", 3);
        }
        Type[] upgraded = [typeof(KnowsWhatHotMeans<int>), typeof(MeasuredFrom2)];
        reader.WhenAddingServices = services =>
            services.Replace(
                ServiceDescriptor.Singleton(p =>
                    Upcasters.Of(upgraded, p.GetRequiredService<HandledEvents>().Types, p.GetRequiredService<EventSerializer>())
                )
            );
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            var letter = (await app.Http.DeadLetters("reader"))[0];

            var answer = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/retry");

            Assert.That(answer.Body.Number("applied"), Is.EqualTo(3));
            Assert.That(await reader.Numbers(), Is.EqualTo([400, 220, 230]));
            Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
        }
        Directory.Delete(directory, recursive: true);
    }

    [TestCase("""{"place":"roof"}""", Description = "A field is missing")]
    [TestCase("""{"place":null,"tenths":1}""", Description = "A field is null that must not be")]
    [TestCase("""{"place":"roof","tenths":"many"}""", Description = "A field has another type")]
    [TestCase("[]", Description = "It is no object")]
    public async Task A_payload_without_the_shape_of_its_version_is_a_dead_letter_at_once_and_not_read_as_zero(string payload)
    {
        var directory = TestApplication.NewDirectory();
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish(new Measured("roof", 1));
        }
        ModuleFile.Execute(directory, "publisher", $"UPDATE event_log SET payload = '{payload}'");
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            var letter = (await app.Http.WaitForDeadLetters("reader", 1))[0];

            Assert.That(letter.Number("attempts"), Is.EqualTo(1));
            Assert.That(letter.Text("error"), Does.Contain("'publisher.measured' of version 3 has not the shape of version 3"));
        }
        Directory.Delete(directory, recursive: true);
    }

    // Generic, so that the kernel does not find it in this assembly: it belongs to a later build.
    private sealed class KnowsWhatHotMeans<T>() : Upcaster<Measured>(from: 1)
    {
        public override JsonObject Upcast(JsonObject payload) =>
            (string?)payload["reading"] == "hot"
                ? new JsonObject { ["location"] = (string?)payload["location"], ["degrees"] = 40 }
                : new MeasuredFrom1().Upcast(payload);
    }
}
