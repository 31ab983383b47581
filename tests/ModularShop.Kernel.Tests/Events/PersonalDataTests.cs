using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>Personal data in events is encrypted with a key of the person, and cannot be read when the person was erased.</summary>
internal sealed class PersonalDataTests
{
    private static readonly Guid Ada = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly Met MetAda = new(Ada, "Ada", new Home("Countess Street", 12), "London");
    private static readonly Met MetBob = new(Bob, "Bob", Home: null, "Paris");

    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private string directory = null!;

    [SetUp]
    public void Make() => directory = TestApplication.NewDirectory();

    [TearDown]
    public void Delete() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Reactions_get_personal_data_that_the_log_does_not_show()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);

        await publisher.Publish([MetAda, MetBob]);

        Assert.That(await Subjects(2), Is.EqualTo(["Ada of Countess Street, met in London", "Bob of nowhere, met in Paris"]));
        var log = string.Concat((await app.Http.Events("publisher")).Select(e => e.GetRawText()));
        Assert.That(log, Does.Contain("London").And.Contain(Ada.ToString()));
        Assert.That(log, Does.Not.Contain("Countess").And.Not.Contain("\"Ada\""));
        Assert.That(Bytes("publisher.db*"), Does.Not.Contain("Countess"));
    }

    [Test]
    public async Task The_data_of_an_erased_person_is_null_in_every_replay_and_nothing_becomes_a_dead_letter()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish([MetAda, MetBob]);
        await Subjects(2);

        await publisher.Forget(Ada);
        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp();

        Assert.That(await Subjects(2), Is.EqualTo(["nobody of nowhere, met in London", "Bob of nowhere, met in Paris"]));
        Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
    }

    [Test]
    public async Task Nothing_personal_is_logged_about_a_person_who_was_erased()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Forget(Ada);

        await publisher.Publish(MetAda);

        Assert.That(await Subjects(1), Is.EqualTo(["nobody of nowhere, met in London"]));
    }

    [Test]
    public async Task The_key_of_an_erased_person_is_in_no_file_any_more()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish([MetAda, MetBob]);
        await Subjects(2);
        var (adas, bobs) = (KeyOf(Ada), KeyOf(Bob));
        Assert.That(Bytes("*"), Does.Contain(adas).And.Contain(bobs));

        await publisher.Forget(Ada);

        Assert.That(Bytes("*"), Does.Not.Contain(adas).And.Contain(bobs));
    }

    [Test]
    public async Task Events_that_were_logged_in_clear_text_by_an_earlier_build_are_still_read()
    {
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish(MetAda);
        }
        Change(
            $$"""UPDATE event_log SET payload = '{"person":"{{Ada}}","name":"Ada","home":{"street":"Old","number":3},"place":"Rome"}'"""
        );

        await using var app = await TestApplication.Start([publisher, reader], directory);

        Assert.That(await Subjects(1), Is.EqualTo(["Ada of Old, met in Rome"]));
    }

    [Test]
    public async Task A_text_that_looks_like_encrypted_data_is_a_text()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        const string Text = """{"personOf":"x","sealed":"y"}""";

        await publisher.Publish(new Met(Bob, Text, Home: null, Text));

        Assert.That(await Subjects(1), Is.EqualTo([$"{Text} of nowhere, met in {Text}"]));
    }

    [Test]
    public void Encrypted_data_can_not_be_moved_to_another_event_or_field()
    {
        var keys = new Dictionary<Guid, byte[]> { [Ada] = new byte[SealedData.KeyLength] };
        JsonObject Sealed(string field) => new() { [field] = SealedData.Seal("Ada", Ada, keys[Ada], "publisher.met", "name") };

        var payload = Sealed("name");
        SealedData.Open(payload, keys, "publisher.met");

        Assert.That((string?)payload["name"], Is.EqualTo("Ada"));
        Assert.Throws<UnreadableEventException>(() => SealedData.Open(Sealed("name"), keys, "publisher.left"));
        Assert.Throws<UnreadableEventException>(() => SealedData.Open(Sealed("place"), keys, "publisher.met"));
    }

    [TestCase(typeof(NotNullable), "must be nullable")]
    [TestCase(typeof(OfNobody), "no property of type Guid")]
    [TestCase(typeof(OfSomeText), "no property of type Guid")]
    public void An_event_that_marks_personal_data_wrongly_is_refused(Type type, string reason) =>
        Assert.That(() => PersonalFields.Of(type), Throws.InvalidOperationException.With.Message.Contains(reason));

    [Test]
    public async Task Damaged_data_makes_a_dead_letter_and_not_an_erased_person()
    {
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish(MetBob);
        }
        Change("UPDATE event_log SET payload = replace(payload, '\"sealed\":\"', '\"sealed\":\"AAAA')");

        await using var app = await TestApplication.Start([publisher, reader], directory);
        await Eventually.Get(() => app.Http.DeadLetters("reader"), letters => letters.Count == 1);

        var letter = (await app.Http.DeadLetters("reader"))[0];
        Assert.That(letter.Text("error"), Does.Contain("personal data in 'name'").And.Contain("damaged"));
        Assert.That(letter.GetRawText(), Does.Not.Contain("Bob"));
    }

    [Test]
    public async Task A_dead_letter_with_personal_data_is_retried_with_the_key()
    {
        reader.WhenMet = (_, _, _) => throw new InvalidOperationException("Not now.");
        await using var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);
        await publisher.Publish(MetAda);
        await Eventually.Get(() => app.Http.DeadLetters("reader"), letters => letters.Count == 1);
        reader.WhenMet = (_, _, _) => Task.CompletedTask;

        (
            await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{(await app.Http.DeadLetters("reader"))[0].Number("id")}/retry")
        ).ExpectSuccess();

        Assert.That(await Subjects(1), Is.EqualTo(["Ada of Countess Street, met in London"]));
    }

    [TestCase(false)]
    [TestCase(true, Description = "Only the lists of erased persons are copied there.")]
    public async Task A_person_who_was_erased_after_a_backup_is_erased_again_when_it_is_restored(bool elsewhere)
    {
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        await using (await TestApplication.Start([publisher, reader], data))
        {
            await publisher.Publish([MetAda, MetBob]);
            await Subjects(2);
        }
        await Backup.Take(data, backup, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None);
        await using (await TestApplication.Start([publisher, reader], data))
        {
            await publisher.Forget(Ada);
        }
        var target = elsewhere ? Directory.CreateDirectory(Path.Combine(directory, "elsewhere")).FullName : data;
        if (elsewhere)
        {
            File.Copy(Path.Combine(data, "publisher.erased"), Path.Combine(target, "publisher.erased"));
        }

        await Restoration.Run(backup, target, force: !elsewhere, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None);
        await using var app = await TestApplication.Start([publisher, reader], target);
        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp();

        Assert.That(await Subjects(2), Is.EqualTo(["nobody of nowhere, met in London", "Bob of nowhere, met in Paris"]));
    }

    [TestCase(true, FindingLevel.Warning, "Not compared: 'publisher' has erased 1 person, and the module has not read that yet.")]
    [TestCase(false, FindingLevel.Failed, "It still has data of 1 person whom 'publisher' has erased.")]
    public async Task A_deep_verification_knows_that_a_subscriber_has_not_erased_a_person_yet(
        bool isBehind,
        FindingLevel level,
        string text
    )
    {
        await using (await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish([MetAda, MetBob]);
            await Subjects(2);
        }
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Forget(Ada);
            if (isBehind)
            {
                await publisher.Publish(MetBob);
            }
        }

        var findings = await new Verification(
            [ModuleSource.Of(() => publisher), reader.Source],
            new ConfigurationBuilder().Build(),
            _ => Task.CompletedTask
        ).OfData(directory, CancellationToken.None);

        var found = findings.Single(finding => finding.Subject == "read copies of reader");
        Assert.That((found.Level, found.Text), Is.EqualTo((level, text)));
    }

    [Test]
    public async Task A_subscriber_in_another_process_gets_the_keys_over_the_bus()
    {
        using var topology = TestTopology.Of([publisher, reader], ("front", ["publisher"]), ("back", ["reader"]));
        await using var front = await topology.Start("front");
        await using var back = await topology.Start("back");

        await publisher.Publish([MetAda, MetBob]);
        Assert.That(await Subjects(2), Is.EqualTo(["Ada of Countess Street, met in London", "Bob of nowhere, met in Paris"]));
        await publisher.Forget(Ada);
        (await back.Http.Post("/admin/v1/modules/reader/rebuild")).ExpectSuccess();

        Assert.That(
            await Eventually.Get(async () => (await reader.Receipts()).Select(r => r.Subject).ToList(), found => found.Count == 2),
            Is.EqualTo(["nobody of nowhere, met in London", "Bob of nowhere, met in Paris"])
        );
        Assert.That((await front.Http.Get($"/bus/v1/publisher/keys?person={Bob}")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private async Task<IReadOnlyList<string>> Subjects(int count)
    {
        await reader.Received(count);
        return [.. (await reader.Receipts()).Select(receipt => receipt.Subject)];
    }

    private string KeyOf(Guid person)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "publisher.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = $"SELECT key FROM person_keys WHERE person = '{person}'";
        return (string)select.ExecuteScalar()!;
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "publisher.db")};Pooling=False");
        connection.Open();
        using var update = connection.CreateCommand();
        update.CommandText = sql;
        Assert.That(update.ExecuteNonQuery(), Is.EqualTo(1));
    }

    private string Bytes(string pattern) =>
        string.Concat(
            Directory
                .EnumerateFiles(directory, pattern)
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
                .Select(file =>
                {
                    using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                    using var text = new StreamReader(stream, Encoding.Latin1);
                    return text.ReadToEnd();
                })
        );

    private sealed record NotNullable(Guid Person, [property: PersonalData(Of = "Person")] string Name);

    private sealed record OfNobody([property: PersonalData(Of = "Person")] string? Name);

    private sealed record OfSomeText(string Person, [property: PersonalData(Of = "Person")] string? Name);
}
