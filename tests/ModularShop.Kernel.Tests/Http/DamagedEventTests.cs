using System.Text.Json;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Http;

/// <summary>
/// Log rows damaged by the disk or another program: they are shown to people, and become dead letters of their subscribers.
/// </summary>
internal sealed class DamagedEventTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("payload = 'no JSON'", "no JSON")]
    [TestCase("payload = ''", "")]
    [TestCase("""payload = '{"subject":"bad","number":2'""", """{"subject":"bad","number":2""")]
    [TestCase("""payload = '{"subject":"\ud800","number":2}'""", """{"subject":"\ud800","number":2}""")]
    [TestCase("payload = CAST(x'7B22FF227D' AS TEXT)", "{\"\uFFFD\"}")]
    [TestCase("payload = x'FF00'", "\uFFFD\0")]
    [TestCase("payload = replace(hex(zeroblob(40)), '0', '[')", null)]
    public async Task A_payload_that_is_no_JSON_is_listed_as_text_and_breaks_no_route(string change, string? text)
    {
        await using var app = await StartWithDamage(change);

        var letters = await app.Http.WaitForDeadLetters("reader", 1);

        await AssertShown(app, letters[0].Number("id"));
        var shown = await app.Http.Json("/admin/v1/modules/publisher/events/2");
        Assert.That(shown.Text("datacontenttype"), Is.EqualTo("text/plain"));
        Assert.That(shown.Text("data"), text is null ? Does.StartWith("[[") : Is.EqualTo(text));
        Assert.That(letters[0].GetProperty("event").Text("data"), Is.EqualTo(shown.Text("data")), "as it was published");
    }

    [TestCase("event_id = 'not an id'", "event_id is no UUID.")]
    [TestCase("event_id = x'00'", "event_id is no UUID.")]
    [TestCase("version = 'two'", "version is no number")]
    [TestCase("version = 0", "version is no number")]
    [TestCase("version = 99999999999", "version is no number")]
    [TestCase("occurred_at = 'yesterday'", "occurred_at is no time.")]
    [TestCase("occurred_at = 9223372036854775807", "occurred_at is no time.")]
    [TestCase("name = CAST(x'FF' AS TEXT)", "name is no UTF-8.")]
    [TestCase("name = ''", "name is empty.")]
    [TestCase("key = x'FF'", "key is no UTF-8.")]
    [TestCase("causation_id = 'because'", "causation_id is no UUID.")]
    public async Task A_row_with_unexpected_values_is_listed_with_its_damage(string change, string damage)
    {
        await using var app = await StartWithDamage(change);

        var letters = await app.Http.WaitForDeadLetters("reader", 1);

        await AssertShown(app, letters[0].Number("id"));
        Assert.That((await app.Http.Json("/admin/v1/modules/publisher/events/2")).Text("damage"), Does.StartWith(damage));
        Assert.That(letters[0].Text("error"), Does.Contain("is damaged").And.Contain(damage));
    }

    [Test]
    public async Task A_row_of_nothing_but_NULL_is_listed_and_a_dead_letter()
    {
        await using var app = await StartWithDamage(
            "event_id = NULL, name = NULL, version = NULL, key = NULL, occurred_at = NULL, correlation_id = NULL, payload = NULL"
        );

        var letters = await app.Http.WaitForDeadLetters("reader", 1);

        await AssertShown(app, letters[0].Number("id"));
        var shown = await app.Http.Json("/admin/v1/modules/publisher/events/2");
        Assert.That(shown.TryGetProperty("time", out _), Is.False);
        Assert.That(shown.Text("damage"), Does.Contain("name is missing.").And.Contain("payload is missing."));
    }

    [TestCase("occurred_at = 'yesterday'", 0)]
    [TestCase("payload = x'7B2273756261FF'", 0)]
    [TestCase("causation_id = 'because'", 1)]
    public async Task A_retry_of_a_damaged_event_does_not_take_a_stand_in_for_what_was_published(string change, int applied)
    {
        await using var app = await StartWithDamage(change);
        var letter = (await app.Http.WaitForDeadLetters("reader", 1))[0];

        var answer = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/retry");

        Assert.That(answer.Body.Number("applied"), Is.EqualTo(applied));
        Assert.That(await reader.Numbers(), Is.EqualTo(applied == 1 ? new[] { 1, 3, 2 } : [1, 3]));
    }

    [Test]
    public async Task Damaged_events_are_followed_across_a_restart_and_a_rebuild_and_what_was_discarded_stays_so()
    {
        await using var app = await StartWithDamage("event_id = 'not an id', payload = 'no JSON'");
        var letter = (await app.Http.WaitForDeadLetters("reader", 1))[0];
        var discarded = await app.Http.Post(
            $"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/discard",
            new { reason = "Nobody can read it." }
        );
        discarded.ExpectSuccess();

        await app.Http.Post("/admin/v1/modules/reader/restart");
        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp();

        Assert.That(await reader.Received(2), Is.EqualTo([1, 3]));
        Assert.That((await app.Http.DeadLetters("reader")).Select(l => l.Text("status")), Is.EqualTo(["discarded"]));
    }

    [Test]
    public async Task Two_events_under_one_id_are_two_dead_letters()
    {
        await using var app = await StartWithDamage(
            "event_id = (SELECT event_id FROM event_log WHERE position = 1), payload = 'no JSON'",
            "payload = 'none either'"
        );

        var letters = await app.Http.WaitForDeadLetters("reader", 2);

        Assert.That(letters.Select(l => l.Text("status")), Is.EqualTo(["dead", "dead"]));
        Assert.That(await reader.Received(1), Is.EqualTo([3]));
    }

    [Test]
    public async Task A_damaged_dead_letter_does_not_keep_the_others_from_being_listed()
    {
        await using (var first = await StartWithDamage("payload = 'no JSON'"))
        {
            await first.Http.WaitForDeadLetters("reader", 1);
        }
        ModuleFile.Execute(
            directory,
            "reader",
            """
            PRAGMA ignore_check_constraints = ON;
            UPDATE dead_letters SET status = 'unheard-of', failed_at = 9223372036854775807, attempts = 'some', replay = 'perhaps', event_id = 'x';
            """
        );
        await using var app = await TestApplication.Start([publisher, reader], directory);

        var letter = (await app.Http.DeadLetters("reader")).Single();
        var retried = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/retry");

        Assert.That(letter.Text("status"), Is.EqualTo("unheard-of"));
        Assert.That(retried.Body.Text("detail"), Does.Contain("unheard-of"));
    }

    [Test]
    public async Task Verification_gives_findings_for_files_with_damaged_rows()
    {
        await using (var app = await StartWithDamage("event_id = 'not an id', payload = 'no JSON'"))
        {
            await app.Http.WaitForDeadLetters("reader", 1);
            await app.CaughtUp(allowDeadLetters: true);
        }
        ModuleFile.Execute(directory, "reader", "UPDATE checkpoints SET event_id = 'not an id'");

        var findings = await new Verification([], configuration: null, _ => Task.CompletedTask).OfData(directory, CancellationToken.None);

        Assert.That(findings.Single(f => f.Subject == "checkpoint reader <- publisher").Cure, Is.EqualTo(Cure.PutSourceBack));
    }

    /// <summary>Publishes three events. The second one, and optionally the first, is changed in the file before it is read.</summary>
    private async Task<TestApplication> StartWithDamage(string change, string? first = null)
    {
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish([new Happened("good", 1), new Happened("bad", 2), new Happened("fine", 3)]);
        }
        // SQLite refuses NULL in these columns, but a damaged page may contain it.
        ModuleFile.Execute(
            directory,
            "publisher",
            $"""
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'event_log';
            PRAGMA writable_schema = RESET;
            UPDATE event_log SET {change} WHERE position = 2;
            {(first is null ? "" : $"UPDATE event_log SET {first} WHERE position = 1;")}
            """
        );
        return await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);
    }

    private async Task AssertShown(TestApplication app, long letter)
    {
        Assert.That(await reader.Received(2), Is.EqualTo([1, 3]), "the others take effect");
        Assert.That((await app.Http.Events("publisher")).Select(e => e.Number("position")), Is.EqualTo([1, 2, 3]));
        Assert.That((await app.Http.Json("/admin/v1/modules/publisher/events/2")).Number("position"), Is.EqualTo(2));
        Assert.That((await app.Http.Json($"/admin/v1/modules/reader/dead-letters/{letter}")).Text("status"), Is.EqualTo("dead"));
        using var stream = await app.Http.Plain.GetStreamAsync(
            new Uri("/admin/v1/modules/publisher/events/stream?after=0", UriKind.Relative)
        );
        using var lines = new StreamReader(stream);
        for (var position = 1; position <= 3; position++)
        {
            using var line = JsonDocument.Parse((await lines.ReadLineAsync())!);
            Assert.That(line.RootElement.Number("position"), Is.EqualTo(position));
        }
    }
}
