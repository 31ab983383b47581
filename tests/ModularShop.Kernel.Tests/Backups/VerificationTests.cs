using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Backups;

internal sealed class VerificationTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [SetUp]
    public async Task PublishFourEvents()
    {
        await using var app = await TestApplication.Start([publisher], directory);
        await publisher.Publish([new Happened("bad", 1), new Happened("good", 2), new Happened("bad", 3), new Happened("good", 4)]);
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Events_that_have_not_taken_effect_are_reported_and_held_back_from_the_recomputation()
    {
        reader.WhenHappened = (happened, _, _) =>
            happened.Subject == "bad" ? throw new InvalidOperationException("Not today.") : Task.CompletedTask;
        var settings = new Dictionary<string, string?> { ["Kernel:Delivery:MaxAttempts"] = "1" };
        await using (var app = await TestApplication.Start([publisher, reader], directory, settings))
        {
            await app.CaughtUp(allowDeadLetters: true);
        }
        reader.WhenHappened = (_, _, _) => Task.CompletedTask; // The event could be applied now.

        var findings = await Verify(reader);

        Assert.That(findings.Where(finding => finding.Level == FindingLevel.Failed), Is.Empty);
        Assert.That(Of(findings, "dead letters of reader").Text, Does.StartWith("1 dead, 1 parked"));
        Assert.That(Of(findings, "read copies of reader").Text, Does.StartWith("2 rows of 2 tables equal a replay of 4 events"));
    }

    [Test]
    public async Task A_subscriber_that_lags_is_compared_with_what_it_has_read()
    {
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await app.CaughtUp();
        }
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish(new Happened("good", 5));
        }

        var findings = await Verify(reader);

        Assert.That(findings.Where(finding => finding.Level == FindingLevel.Failed), Is.Empty);
        Assert.That(Of(findings, "checkpoint reader <- publisher").Text, Is.EqualTo("At position 4 of 5."));
        Assert.That(Of(findings, "read copies of reader").Text, Does.StartWith("4 rows"));
    }

    [Test]
    public async Task An_event_that_took_effect_and_cannot_be_applied_again_is_found()
    {
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await app.CaughtUp();
        }
        reader.WhenHappened = (happened, _, _) =>
            happened.Number == 2 ? throw new InvalidOperationException("Not this one.") : Task.CompletedTask;

        var findings = await Verify(reader);

        var failed = findings.First(finding => finding.Level == FindingLevel.Failed);
        Assert.That(failed.Text, Does.Contain("publisher.happened at position 2 of publisher").And.Contain("Not this one."));
        Assert.That(failed.Cure, Is.EqualTo(Cure.Rebuild));
    }

    [TestCase("position = 1", 1)]
    [TestCase("position = 2", 2)]
    [TestCase("position = 4", 4)]
    [TestCase("true", 1)]
    public async Task Events_that_are_missing_are_found_wherever_they_stood(string which, int gap)
    {
        ModuleFile.Execute(directory, "publisher", $"DELETE FROM event_log WHERE {which}");

        var log = Of(await Verify(reader), "log of publisher");

        Assert.That(log.Level, Is.EqualTo(FindingLevel.Failed));
        Assert.That(log.Text, Does.StartWith($"There is no event at position {gap},"));
    }

    [Test]
    public async Task A_module_that_is_not_rebuildable_is_said_not_to_be_recomputed()
    {
        var ledger = new FixtureModule("ledger");
        await using (var app = await TestApplication.Start([publisher, ledger], directory))
        {
            await app.CaughtUp();
        }

        var findings = await Verify(ledger);

        Assert.That(Of(findings, "read copies of ledger").Level, Is.EqualTo(FindingLevel.Warning));
        Assert.That(Of(findings, "read copies of ledger").Text, Does.StartWith("Not recomputed"));
    }

    [Test]
    public async Task A_file_of_a_newer_build_is_found()
    {
        ModuleFile.Execute(directory, "publisher", "UPDATE kernel_meta SET value = '1000' WHERE name = 'schema'");

        var findings = await Verify(reader);

        Assert.That(Of(findings, "file publisher.db").Cure, Is.EqualTo(Cure.UseNewerBuild));
    }

    [TestCase("PRAGMA max_page_count = 1", "The disk is full")]
    [TestCase("PRAGMA query_only = ON", "The file is read-only")]
    public async Task A_recomputation_whose_copies_cannot_be_written_any_more_ends_and_says_so(string fault, string reason)
    {
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await app.CaughtUp();
        }
        reader.WhenHappened = (_, _, _) =>
        {
            var writer = reader.Services.GetRequiredService<ModuleDatabase>().Writer;
            writer.Execute(fault);
            writer.Execute("CREATE TABLE IF NOT EXISTS ballast (x)");
            writer.Execute("INSERT INTO ballast VALUES (zeroblob(10000000))");
            return Task.CompletedTask;
        };

        var findings = await Verify(reader).WaitAsync(TimeSpan.FromSeconds(60));

        var failed = Of(findings, "read copies of reader");
        Assert.That(failed.Text, Does.StartWith("Not recomputed").And.Contain(reason).And.Contain(Path.GetTempPath()));
        Assert.That(failed.Cure, Is.EqualTo(Cure.MakeRoomForTemporaryFiles));
    }

    private Task<IReadOnlyList<Finding>> Verify(FixtureModule subscriber) =>
        new Verification(
            [ModuleSource.Of(() => publisher), subscriber.Source],
            new ConfigurationBuilder().Build(),
            _ => Task.CompletedTask
        ).OfData(directory, CancellationToken.None);

    private static Finding Of(IReadOnlyList<Finding> findings, string subject) => findings.Single(finding => finding.Subject == subject);
}
