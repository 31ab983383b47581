using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>A file with a migration that this build does not know.</summary>
internal sealed class NewerFileTests
{
    private const string Newer = "20990101000000_FromTheFuture";

    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    private string Data => Path.Combine(directory, "data");

    private string Copy => Path.Combine(directory, "backup");

    [SetUp]
    public async Task RunANewerBuild()
    {
        await using (await TestApplication.Start([ledger], Data))
        {
            await ledger.Send(new AddEntry.Command("tea"));
        }
        ModuleFile.Execute(Data, "ledger", $"INSERT INTO __EFMigrationsHistory VALUES ('{Newer}', '99.0.0')");
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task An_unknown_migration_quarantines_the_module_until_a_build_runs_that_knows_it()
    {
        await using var app = await TestApplication.Start([ledger, new FixtureModule("other")], Data);

        Assert.That(app.Quarantined.Keys, Is.EqualTo(["ledger"]));
        Assert.That(
            app.Quarantined["ledger"],
            Does.Contain(Newer).And.Contain("Run that build again").And.Contain("restore the backup that was made before the upgrade")
        );

        ModuleFile.Execute(Data, "ledger", $"DELETE FROM __EFMigrationsHistory WHERE MigrationId = '{Newer}'");
        await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
    }

    [Test]
    public async Task Verification_finds_it()
    {
        var findings = await new Verification([ledger.Source], configuration: null, _ => Task.CompletedTask).OfData(
            Data,
            CancellationToken.None
        );

        var found = findings.Single(finding => finding.Level == FindingLevel.Failed);
        Assert.That(found.Subject, Is.EqualTo("file ledger.db"));
        Assert.That(found.Text, Does.Contain(Newer));
        Assert.That(found.Cure, Is.EqualTo(Cure.UseNewerBuild));
    }

    [Test]
    public async Task A_backup_of_it_is_taken_and_not_restored_by_this_build()
    {
        await Backup.Take(Data, Copy, TimeProvider.System, _ => Task.CompletedTask, default);
        var place = Path.Combine(directory, "restored");

        var restoring = Restoration.Run(
            Copy,
            place,
            force: false,
            TimeProvider.System,
            _ => Task.CompletedTask,
            default,
            [ledger.Source.Descriptor]
        );

        await Assert.ThatAsync(
            () => restoring,
            Throws.TypeOf<BackupException>().With.Message.Contains(Newer).And.Message.Contains("nothing was restored")
        );
        Assert.That(NewerFiles.In(Copy, [ledger.Source.Descriptor]), Has.Count.EqualTo(1));
        Assert.That(Directory.Exists(place), Is.False);
        Assert.That(Directory.GetDirectories(directory, ".*"), Is.Empty);
    }
}
