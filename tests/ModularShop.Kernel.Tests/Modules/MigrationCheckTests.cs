using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>A module whose migrations do not create its model does not start, and names the command that adds a migration.</summary>
internal sealed class MigrationCheckTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule other = new("other");
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_module_with_tables_and_no_migration_is_quarantined_before_it_reads_an_event()
    {
        await using var app = await TestApplication.Start([publisher, new UnmigratedModule(), other], directory);
        await publisher.Publish(new Happened("key", 1));

        Assert.That(await other.Received(1), Is.EqualTo([1]), "the others run");
        Assert.That(
            app.Quarantined["unmigrated"],
            Is.EqualTo(
                "Module 'unmigrated' has no migration that creates its tables (entries). "
                    + "Add one: ./migration Tests Initial, and build again."
            )
        );
        Assert.That(File.Exists(ModuleFile.Of(directory, "unmigrated")), Is.False, "there is nothing that an event could be applied to");
    }

    [Test]
    public async Task A_module_whose_model_has_changes_that_no_migration_makes_is_quarantined()
    {
        await using var app = await TestApplication.Start([new ChangedModule(), other], directory);

        Assert.That(
            app.Quarantined["changed"],
            Is.EqualTo(
                "The model of module 'changed' has changes that no migration makes. "
                    + "Add one: ./migration Tests NameOfTheChange, and build again."
            )
        );
        Assert.That(app.Quarantined.Keys, Is.EqualTo(["changed"]));
    }
}
