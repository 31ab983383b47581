using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Backups;

internal sealed class RestorationTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly FixtureModule other = new("other");
    private readonly string directory = TestApplication.NewDirectory();

    private string Data => Path.Combine(directory, "data");

    private string Copy => Path.Combine(directory, "backup");

    [SetUp]
    public async Task BackUpTwoModules()
    {
        await using (await TestApplication.Start([ledger, other], Data))
        {
            await ledger.Send(new AddEntry.Command("before"));
        }
        await BackUp();
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Until_a_restore_is_complete_the_data_is_as_it_was_and_nothing_else_looks_like_data()
    {
        await File.WriteAllTextAsync(Path.Combine(Data, "mine"), "");
        var before = Names(Data);
        var reports = 0;

        await Restore(
            force: true,
            _ =>
            {
                reports++;
                Assert.That(Names(Data), Is.EqualTo(before));
                Assert.That(
                    Directory.GetDirectories(directory).Except([Data, Copy]).Select(Path.GetFileName),
                    Has.Exactly(1).StartsWith(".data.incomplete-")
                );
                return Task.CompletedTask;
            }
        );

        Assert.That(reports, Is.EqualTo(4), "before and after each file");
        Assert.That(Names(Data), Is.EqualTo(["ledger.db", "other.db"]));
    }

    [Test]
    public async Task A_restore_that_is_given_up_leaves_the_data_as_it_was_and_nothing_beside_it()
    {
        var before = Names(Data);

        await Assert.ThatAsync(
            () => Restore(force: true, progress => throw new OperationCanceledException(progress.What)),
            Throws.InstanceOf<OperationCanceledException>()
        );

        Assert.That(Names(Data), Is.EqualTo(before));
        Assert.That(Directory.GetDirectories(directory), Is.EquivalentTo([Data, Copy]));
    }

    [Test]
    public async Task A_restore_that_fails_at_its_last_step_puts_the_data_back()
    {
        var before = Names(Data);

        await Assert.ThatAsync(
            () => Restore(force: true, progress => progress is { What: "other.db", Done: > 0 } ? DeleteWhatIsDone() : Task.CompletedTask),
            Throws.InstanceOf<IOException>()
        );

        Assert.That(Names(Data), Is.EqualTo(before));
        Assert.That(Directory.GetDirectories(directory), Is.EquivalentTo([Data, Copy]));

        Task DeleteWhatIsDone()
        {
            Directory.Delete(Directory.GetDirectories(directory, ".data.incomplete-*").Single(), recursive: true);
            return Task.CompletedTask;
        }
    }

    [Test]
    public async Task A_manifest_that_names_a_file_elsewhere_is_refused()
    {
        var manifest = Path.Combine(Copy, BackupManifest.FileName);
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, text.Replace("ledger.db", "../data/ledger.db", StringComparison.Ordinal));

        await Assert.ThatAsync(
            () => Restore(force: true),
            Throws.TypeOf<BackupException>().With.Message.Contains("is no manifest of a backup")
        );
    }

    [Test]
    public async Task A_directory_that_a_process_holds_is_neither_backed_up_nor_verified_by_another()
    {
        using var held = DataDirectory.Hold(Data);
        var before = Names(Data);
        Directory.Delete(Copy, recursive: true);

        await Assert.ThatAsync(BackUp, Throws.TypeOf<DirectoryInUseException>());
        await Assert.ThatAsync(
            () => new Verification([], configuration: null, _ => Task.CompletedTask).OfData(Data, CancellationToken.None),
            Throws.TypeOf<DirectoryInUseException>()
        );

        Assert.That(Directory.Exists(Copy), Is.False);
        Assert.That(Names(Data), Is.EqualTo(before));
    }

    [Test]
    public async Task A_restore_to_a_directory_that_a_process_holds_is_refused_even_by_force()
    {
        using var held = DataDirectory.Hold(Data);

        await Assert.ThatAsync(() => Restore(force: true), Throws.TypeOf<DirectoryInUseException>());

        Assert.That(Directory.GetDirectories(directory), Is.EquivalentTo([Data, Copy]));
    }

    [Test]
    public async Task An_incomplete_backup_is_restored_on_demand_only_and_begins_no_module_anew()
    {
        ModuleFile.OverwriteFirstPage(Data, "ledger");
        Directory.Delete(Copy, recursive: true);
        await BackUp();

        await Assert.ThatAsync(
            () => Restore(force: true),
            Throws.TypeOf<IncompleteBackupException>().With.Message.Contains("it has no ledger.db.")
        );
        await Restoration.Run(Copy, Data, force: true, incomplete: true, TimeProvider.System, _ => Task.CompletedTask, default);

        await using var app = await TestApplication.Start([ledger, other], Data);
        Assert.That(app.Quarantined.Keys, Is.EqualTo(["ledger"]));
        Assert.That(app.Quarantined["ledger"], Does.StartWith("The file is missing, but ledger.epoch says"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("/accept"));
    }

    [Test]
    public async Task A_gap_without_a_mark_is_an_empty_file_so_that_its_module_does_not_begin_anew()
    {
        ModuleFile.OverwriteFirstPage(Data, "ledger");
        File.Delete(Path.Combine(Data, "ledger.epoch")); // As in a directory of an older build, which had no marks.
        Directory.Delete(Copy, recursive: true);
        await BackUp();

        await Restoration.Run(Copy, Data, force: true, incomplete: true, TimeProvider.System, _ => Task.CompletedTask, default);

        await using var app = await TestApplication.Start([ledger, other], Data);
        Assert.That(app.Quarantined["ledger"], Does.Contain("it is empty"));
    }

    [Test]
    public async Task A_file_that_is_missing_with_its_mark_is_a_gap()
    {
        File.Delete(ModuleFile.Of(Data, "ledger"));
        Directory.Delete(Copy, recursive: true);
        await BackUp();

        Assert.That(
            BackupManifest.Read(Copy).Gaps!.Single(),
            Is.EqualTo(new BackupGap("ledger.db", "It is not there, but ledger.epoch says that there was one."))
        );
        await Assert.ThatAsync(() => Restore(force: true), Throws.TypeOf<IncompleteBackupException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_module_that_owns_nothing_fills_a_new_file_after_a_restore_without_its_own(bool damaged)
    {
        var copies = new RebuildableModule("reader") { Owns = false };
        var publisher = new StandInModule("publisher");
        await using (var app = await TestApplication.Start([publisher, copies], Data))
        {
            await publisher.Publish(new Happened("key", 1));
            await copies.Received(1);
        }
        if (damaged)
        {
            ModuleFile.OverwriteFirstPage(Data, "reader");
        }
        else
        {
            File.Delete(ModuleFile.Of(Data, "reader"));
        }
        Directory.Delete(Copy, recursive: true);
        ModuleDescriptor[] modules = [ModuleSource.Of(() => publisher).Descriptor, copies.Source.Descriptor];

        var manifest = await Backup.Take(Data, Copy, TimeProvider.System, _ => Task.CompletedTask, default, modules);
        await Restoration.Run(Copy, Data, force: true, incomplete: damaged, TimeProvider.System, _ => Task.CompletedTask, default, modules);

        Assert.That(manifest.Gaps?.Select(gap => gap.Name) ?? [], Is.EqualTo(damaged ? ["reader.db"] : Array.Empty<string>()));
        await using var restored = await TestApplication.Start([publisher, copies], Data);
        Assert.That(restored.Quarantined, Is.Empty);
        Assert.That(await copies.Received(1), Is.EqualTo([1]));
    }

    private Task BackUp() => Backup.Take(Data, Copy, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None);

    private Task<string?> Restore(bool force, ReportProgress? report = null) =>
        Restoration.Run(Copy, Data, force, TimeProvider.System, report ?? (_ => Task.CompletedTask), CancellationToken.None);

    private static IReadOnlyList<string?> Names(string path) =>
        [.. Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Except(["owner.lock"]).Order(StringComparer.Ordinal)];
}
