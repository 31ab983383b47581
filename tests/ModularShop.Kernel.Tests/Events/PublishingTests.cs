using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class PublishingTests
{
    private readonly FixtureModule ledger = new("ledger");

    [Test]
    public async Task Rows_and_events_of_a_command_are_committed_together()
    {
        await using var app = await TestApplication.Start(ledger);

        var entry = await ledger.Send(new AddEntry.Command("tea"));

        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
        var added = (await app.Http.Events("ledger")).Single();
        Assert.That(added.Text("type"), Is.EqualTo("ledger.entry-added"));
        Assert.That(added.Text("subject"), Is.EqualTo("tea"));
        Assert.That(added.GetProperty("data").Text("entryId"), Is.EqualTo(entry.Id.ToString()));
        Assert.That(added.GetProperty("data").TryGetProperty("key", out _), Is.False, "the key stands in the envelope");
    }

    [Test]
    public async Task A_command_that_fails_after_publishing_leaves_neither_row_nor_event_nor_gap()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("tea"));

        await Assert.ThatAsync(
            () => ledger.Send(new AddEntry.Command("milk", FailAtTheEnd: true)),
            Throws.TypeOf<UnprocessableException>()
        );
        await ledger.Send(new AddEntry.Command("sugar"));

        Assert.That(await ledger.Entries(), Is.EqualTo(["sugar", "tea"]));
        var events = await app.Http.Events("ledger");
        Assert.That(events.Select(e => e.Text("subject")), Is.EqualTo(["tea", "sugar"]));
        Assert.That(events.Select(e => e.Number("position")), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_command_whose_changes_cannot_be_saved_publishes_nothing()
    {
        await using var app = await TestApplication.Start(ledger);
        await ledger.Send(new AddEntry.Command("tea"));

        await Assert.ThatAsync(() => ledger.Send(new AddEntry.Command("tea")), Throws.TypeOf<ConflictException>());

        Assert.That(await app.Http.Events("ledger"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Publishing_outside_a_unit_of_work_is_refused_with_an_explanation()
    {
        await using var app = await TestApplication.Start(ledger);

        var publishing = new Ask.Query((services, ct) => Publish(services, new EntryAdded(Guid.CreateVersion7(), "tea"), ct));

        await Assert.ThatAsync(
            () => ledger.Send(publishing),
            Throws.InvalidOperationException.With.Message.Contains("outside a unit of work").And.Message.Contains("ICommand")
        );
        Assert.That(await app.Http.Events("ledger"), Is.Empty);
    }

    [Test]
    public async Task Saving_outside_a_unit_of_work_is_refused_with_an_explanation()
    {
        await using var app = await TestApplication.Start(ledger);

        var saving = new Ask.Query(
            async (services, ct) =>
            {
                var db = services.GetRequiredService<FixtureDb>();
                db.Entries.Add(new Entry { Id = Guid.CreateVersion7(), Subject = "tea" });
                await db.SaveChangesAsync(ct);
            }
        );

        await Assert.ThatAsync(() => ledger.Send(saving), Throws.InvalidOperationException.With.Message.Contains("ICommand"));
    }

    [Test]
    public async Task Publishing_another_modules_event_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);

        var publishing = new Do.Command((services, ct) => Publish(services, new Happened("tea", 1), ct));

        await Assert.ThatAsync(
            () => ledger.Send(publishing),
            Throws.InvalidOperationException.With.Message.Contains("its own events only")
        );
    }

    [Test]
    public async Task An_event_without_a_key_is_refused()
    {
        await using var app = await TestApplication.Start(ledger);

        var publishing = new Do.Command((services, ct) => Publish(services, new EntryAdded(Guid.CreateVersion7(), ""), ct));

        await Assert.ThatAsync(() => ledger.Send(publishing), Throws.InvalidOperationException.With.Message.Contains("empty key"));
    }

    [Test]
    public async Task A_module_that_reacts_to_its_own_event_is_quarantined()
    {
        await using var app = await TestApplication.Start(new FixtureModule("publisher"), ledger);

        Assert.That(app.Quarantined.Keys, Is.EqualTo(["publisher"]));
        Assert.That(app.Quarantined["publisher"], Does.Contain("reacts to its own event 'publisher.happened'"));
    }

    [Test]
    public async Task An_event_published_by_a_reaction_has_its_cause_and_its_correlation()
    {
        var publisher = new StandInModule("publisher");
        ledger.RepublishesAsEntry = true;
        await using var app = await TestApplication.Start(publisher, ledger);

        await publisher.Publish(new Happened("tea", 1));
        var effect = await Eventually.Get(() => app.Http.Events("ledger"), events => events.Count == 1);

        var cause = (await app.Http.Events("publisher")).Single();
        Assert.That(effect[0].Text("causationid"), Is.EqualTo(cause.Text("id")));
        Assert.That(effect[0].Text("correlationid"), Is.EqualTo(cause.Text("correlationid")));
    }

    private static Task Publish(IServiceProvider services, IntegrationEvent integrationEvent, CancellationToken ct) =>
        services.GetRequiredService<IPublisher>().Publish(integrationEvent, ct);
}
