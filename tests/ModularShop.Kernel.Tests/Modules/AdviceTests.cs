using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>An operator who follows a fault's cure exactly loses no data that could be recovered before.</summary>
internal sealed class AdviceTests
{
    private const string Subjects = "SELECT group_concat(subject) FROM (SELECT subject FROM entries ORDER BY subject)";

    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly FixtureModule ledger = new("ledger");
    private readonly string root = TestApplication.NewDirectory();

    private string Data => Path.Combine(root, "data");

    private string Copy => Path.Combine(root, "backup");

    private string Away => Directory.CreateDirectory(Path.Combine(root, "away")).FullName;

    private string LedgerFile => ModuleFile.Of(Data, "ledger");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(root, recursive: true);

    [Test]
    public async Task A_log_without_its_file_is_kept_for_the_file_and_kept_out_of_a_backup()
    {
        await BackUpWith("older");
        await LeaveWithLog("newer");
        var file = Path.Combine(Away, "ledger.db");
        File.Move(LedgerFile, file);
        await using var app = await TestApplication.Start([ledger], Data);
        Assert.That(app.Quarantined["ledger"], Does.Contain("Put the file back beside its log, then restart the module."));
        Assert.That(app.Quarantined["ledger"], Does.Contain("move the -wal and -shm files to another directory first."));

        // The second variant: the file is gone for good.
        MoveAway("ledger.db-wal");
        MoveAway("ledger.db-shm");
        File.Copy(Path.Combine(Copy, "ledger.db"), LedgerFile);
        await app.Http.Post("/admin/v1/modules/ledger/restart");
        Assert.That(await ledger.Entries(), Is.EqualTo(["older"]));

        // The files that were moved away still fit together.
        Assert.That(ModuleFile.Scalar(Away, "ledger", Subjects), Is.EqualTo("newer,older"));
    }

    [Test]
    public async Task A_damaged_file_and_its_log_make_room_for_a_backup_together()
    {
        await BackUpWith("older");
        await LeaveWithLog("newer");
        await using (var file = new FileStream(LedgerFile, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(0);
        }
        await using var app = await TestApplication.Start([ledger], Data);
        Assert.That(
            app.Quarantined["ledger"],
            Does.EndWith(
                "Move the file, and the -wal and -shm files beside it, to another directory. Put a backup of it in its place, "
                    + "then restart the module."
            )
        );

        MoveAway("ledger.db");
        MoveAway("ledger.db-wal");
        MoveAway("ledger.db-shm");
        File.Copy(Path.Combine(Copy, "ledger.db"), LedgerFile);
        await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(await ledger.Entries(), Is.EqualTo(["older"]));
        Assert.That(new FileInfo(Path.Combine(Away, "ledger.db-wal")).Length, Is.Positive);
    }

    [Test]
    public async Task A_file_that_took_the_place_of_a_running_modules_stays_beside_what_was_saved()
    {
        await BackUpWith("older");
        await LeaveWithLog("other");
        var (other, otherLog) = (Path.Combine(root, "ledger.db"), Path.Combine(root, "ledger.db-wal"));
        File.Copy(LedgerFile, other);
        File.Copy(LedgerFile + "-wal", otherLog);
        var often = new Dictionary<string, string?> { ["Kernel:Writer:StorageCheck"] = "00:00:00.050" };
        await using var app = await TestApplication.Start([ledger], Data, often);
        await ledger.Send(new AddEntry.Command("newer"));

        File.Move(other, LedgerFile, overwrite: true);
        File.Move(otherLog, LedgerFile + "-wal", overwrite: true);
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("Move what stands in the file's place to another directory"));

        MoveAway("ledger.db");
        MoveAway("ledger.db-wal");
        MoveAway("ledger.db-shm");
        File.Move(Path.Combine(Data, "ledger.rescued-1.db"), LedgerFile);
        await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(await ledger.Entries(), Is.EqualTo(["newer", "older", "other"]));
        Assert.That(ModuleFile.Scalar(Away, "ledger", Subjects), Is.EqualTo("older,other"));
    }

    [Test]
    public async Task Before_read_copies_of_a_log_that_was_set_back_are_dropped_they_are_in_a_backup()
    {
        await using (var before = await TestApplication.Start([publisher, reader], Data))
        {
            await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
            await reader.Received(2);
            await before.CaughtUp();
        }
        ModuleFile.Execute(Data, "publisher", "DELETE FROM event_log WHERE position = 2; UPDATE sqlite_sequence SET seq = 1");
        await using var app = await TestApplication.Start([publisher, reader], Data);
        var halted = await app.Http.WaitForState("reader", "publisher", "halted");
        Assert.That(
            halted.Text("error"),
            Does.EndWith("back up all modules. Rebuild this module after that: it drops what the log does not have any more.")
        );

        var backup = await app.Http.Post("/admin/v1/backups", new { directory = Copy });
        Assert.That(backup.Text, Does.Contain("\"manifest\":{"));
        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp();

        Assert.That(await reader.Numbers(), Is.EqualTo([1]));
        Assert.That(ModuleFile.Scalar(Copy, "reader", "SELECT group_concat(number) FROM receipts"), Is.EqualTo("1,2"));
    }

    [Test]
    public async Task A_restore_does_not_start_a_module_anew_whose_file_was_missing_in_the_backup()
    {
        await using (await TestApplication.Start([ledger, publisher], Data))
        {
            await ledger.Send(new AddEntry.Command("tea"));
        }
        File.Move(LedgerFile, Path.Combine(Away, "ledger.db"));
        await Backup.Take(Data, Copy, TimeProvider.System, _ => Task.CompletedTask, default);
        var verified = await new Verification([ledger.Source], configuration: null, _ => Task.CompletedTask).OfBackup(Copy, default);
        var place = Path.Combine(root, "restored");
        await Restoration.Run(Copy, place, force: false, incomplete: true, TimeProvider.System, _ => Task.CompletedTask, default);

        await using var app = await TestApplication.Start([ledger, publisher], place);

        Assert.That(verified.Single(f => f.Level == FindingLevel.Failed).Text, Does.Contain("It is not there, but ledger.epoch says"));
        Assert.That(app.Quarantined["ledger"], Does.StartWith("The file is missing"));
    }

    private async Task BackUpWith(string subject)
    {
        await using (await TestApplication.Start([ledger], Data))
        {
            await ledger.Send(new AddEntry.Command(subject));
        }
        await Backup.Take(Data, Copy, TimeProvider.System, _ => Task.CompletedTask, default);
    }

    /// <summary>Leaves the file as a crash does: the newest data is in its log only.</summary>
    private async Task LeaveWithLog(string subject)
    {
        var names = new[] { "ledger.db", "ledger.db-wal" };
        var crashed = Directory.CreateDirectory(Path.Combine(root, "crashed")).FullName;
        await using (await TestApplication.Start([ledger], Data))
        {
            await ledger.Send(new AddEntry.Command(subject));
            foreach (var name in names)
            {
                File.Copy(Path.Combine(Data, name), Path.Combine(crashed, name));
            }
        }
        foreach (var name in names)
        {
            File.Move(Path.Combine(crashed, name), Path.Combine(Data, name), overwrite: true);
        }
    }

    private void MoveAway(string name)
    {
        var path = Path.Combine(Data, name);
        if (File.Exists(path))
        {
            File.Move(path, Path.Combine(Away, name));
        }
    }
}
