using System.Net;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>This kernel continues with all data in a module's file from an older kernel.</summary>
internal sealed class OldFileTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = OldFiles.Restore("v1");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_subscription_goes_on_from_its_checkpoint()
    {
        await using var app = await TestApplication.Start([publisher, ledger], directory);

        await publisher.Publish(new Happened("hall", 6));

        Assert.That(await ledger.Received(2), Is.EqualTo([1, 6]));
        Assert.That((await ledger.Receipts())[1].Position, Is.EqualTo(6), "after the five that were there");
        Assert.That(app.Quarantined, Is.Empty);
    }

    [Test]
    public async Task Dead_and_parked_letters_are_delivered_in_the_version_that_is_known_now()
    {
        await using var app = await TestApplication.Start([publisher, ledger], directory);
        var letters = await app.Http.DeadLetters("ledger");

        var answer = await app.Http.Post($"/admin/v1/modules/ledger/dead-letters/{letters[0].Number("id")}/retry");

        Assert.That(answer.Body.Number("applied"), Is.EqualTo(3));
        Assert.That(await ledger.Numbers(), Is.EqualTo([1, 2, 210, 220]));
        Assert.That(
            letters.Select(letter => (letter.Text("status"), letter.GetProperty("event").Number("eventversion"))),
            Is.EqualTo([("dead", 1), ("parked", 1), ("parked", 2)])
        );
    }

    [Test]
    public async Task A_file_that_is_missing_is_known_by_what_others_have_read_of_it()
    {
        File.Delete(ModuleFile.Of(directory, "publisher"));

        await using var app = await TestApplication.Start([publisher], directory);

        Assert.That(app.Quarantined["publisher"], Does.StartWith("The file is missing, but ledger has read up to position 5 of it"));
    }

    [Test]
    public async Task A_new_subscriber_reads_the_whole_log()
    {
        var reader = new FixtureModule("reader");
        await using var app = await TestApplication.Start([publisher, reader], directory);

        Assert.That(await reader.Received(4), Is.EqualTo([1, 2, 210, 220]));
    }

    [Test]
    public async Task Events_entries_and_answers_to_idempotency_keys_are_kept()
    {
        // Repeated within the time for which answers are stored.
        ModuleFile.Execute(directory, "ledger", "UPDATE idempotency_keys SET created_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)");
        await using var app = await TestApplication.Start([publisher, ledger], directory);

        var answer = await app.Http.Post("/ledger/v1/entries", """{"subject":"tea"}""", ("Idempotency-Key", "key 1"));

        Assert.That(answer.Body.Text("id"), Is.EqualTo("01a20575-3c70-7964-963b-d7bc464d85c1"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
        Assert.That((await app.Http.Events("ledger")).Single().Text("type"), Is.EqualTo("ledger.entry-added"));
    }

    [Test]
    public async Task An_answer_that_was_kept_without_a_hash_of_its_secrets_is_given_to_no_request_with_secrets()
    {
        ModuleFile.Execute(directory, "ledger", "UPDATE idempotency_keys SET created_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)");
        await using (var app = await TestApplication.Start([publisher, ledger], directory))
        {
            const string Body = """{"subject":"tea","password":"1234"}""";
            var refused = await app.Http.Post("/ledger/v1/entries", Body, ("Idempotency-Key", "key 1"));
            var kept = await app.Http.Post("/ledger/v1/entries", """{"subject":"milk","pin":"1"}""", ("Idempotency-Key", "key 2"));

            refused.ExpectProblem(HttpStatusCode.UnprocessableEntity);
            kept.Expect(HttpStatusCode.OK);
        }
        Assert.That(
            ModuleFile.Scalar(directory, "ledger", "SELECT value FROM kernel_meta WHERE name = 'schema'"),
            Is.EqualTo($"{KernelSchema.Current}")
        );
        Assert.That(
            ModuleFile.Scalar(directory, "ledger", "SELECT value FROM kernel_meta WHERE name = 'epoch'"),
            Is.EqualTo("01a205752e877826ae4045b0f1cb0018"),
            "it is the log that it was"
        );
    }

    [Test]
    public async Task A_file_of_version_2_is_upgraded_and_its_events_name_nobody()
    {
        await using (var upgraded = await TestApplication.Start([publisher, ledger], directory)) { }
        foreach (var module in (string[])["publisher", "ledger"])
        {
            ModuleFile.Execute(
                directory,
                module,
                """
                ALTER TABLE event_log DROP COLUMN actor;
                ALTER TABLE dead_letters DROP COLUMN actor;
                DROP TABLE person_keys;
                DROP TABLE erased_persons;
                UPDATE kernel_meta SET value = '2' WHERE name = 'schema';
                """
            );
        }

        await using var app = await TestApplication.Start([publisher, ledger], directory);

        Assert.That(app.Quarantined, Is.Empty);
        Assert.That((await app.Http.Events("publisher"))[0].TryGetProperty("actor", out _), Is.False);
        Assert.That(await app.Http.DeadLetters("ledger"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_file_that_is_refused_is_not_upgraded()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "ledger.epoch"), $"{Guid.CreateVersion7():N}\n\n");
        await using var app = await TestApplication.Start([publisher, ledger], directory);

        Assert.That(app.Quarantined["ledger"], Does.StartWith("The file is another one than before"));
        Assert.That(Version("ledger"), Is.EqualTo("1"));
        Assert.That(Version("publisher"), Is.EqualTo($"{KernelSchema.Current}"));
    }

    [Test]
    public async Task A_file_with_a_migration_that_this_build_does_not_know_is_not_upgraded()
    {
        ModuleFile.Execute(directory, "ledger", "INSERT INTO __EFMigrationsHistory VALUES ('20990101000000_FromTheFuture', '99.0.0')");
        await using var app = await TestApplication.Start([publisher, ledger], directory);

        Assert.That(app.Quarantined["ledger"], Does.Contain("a newer build wrote it"));
        Assert.That(Version("ledger"), Is.EqualTo("1"));
    }

    [TestCase("checkpoints")]
    [TestCase("idempotency_keys")]
    [TestCase("event_log")]
    public async Task One_that_lost_a_table_of_the_kernel_is_damaged(string table)
    {
        ModuleFile.Execute(directory, "ledger", $"DROP TABLE {table}");
        await using var app = await TestApplication.Start([publisher, ledger], directory);

        Assert.That(
            app.Quarantined["ledger"],
            Does.Contain($"its table {table} is missing").And.Contain("Put a backup of it in its place")
        );
        Assert.That(Version("ledger"), Is.EqualTo("1"));
    }

    private object? Version(string module) => ModuleFile.Scalar(directory, module, "SELECT value FROM kernel_meta WHERE name = 'schema'");
}
