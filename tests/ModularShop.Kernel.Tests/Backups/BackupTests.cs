using Microsoft.Data.Sqlite;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Backups;

internal sealed class BackupTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task All_files_are_of_one_moment_however_long_it_takes_to_look_at_each()
    {
        var (publisher, reader) = (new StandInModule("publisher"), new RebuildableModule("reader"));
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        await using (var app = await TestApplication.Start([publisher, reader], data))
        {
            using var stop = new CancellationTokenSource();
            var publishing = Task.Run(() => PublishUntil(publisher, stop.Token));
            await reader.Received(1);
            Task<Answer> answer;
            // A locked file between those of the source and of its subscriber makes the backup wait there.
            using (var locked = Lock(Path.Combine(data, "q.db")))
            {
                answer = app.Http.Post("/admin/v1/backups", new { directory = backup });
                await IsOpenedBesides(locked);
            }
            var done = await answer;
            Assert.That(done.Text, Does.Contain("\"manifest\":{"));
            await stop.CancelAsync();
            await publishing;
        }

        var findings = await new Verification([], configuration: null, _ => Task.CompletedTask).OfBackup(backup, CancellationToken.None);

        var checkpoint = findings.Single(finding => finding.Subject == "checkpoint reader <- publisher");
        Assert.That(checkpoint.Level, Is.EqualTo(FindingLevel.Ok), checkpoint.Text);
    }

    [Test]
    public async Task A_backup_fails_when_a_module_was_not_held_until_all_files_had_been_looked_at()
    {
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        var clock = new MovedClock();
        await using var app = await TestApplication.Start([new StandInModule("publisher")], data, clock: clock);
        Task<Answer> answer;
        using (var locked = Lock(Path.Combine(data, "q.db")))
        {
            answer = app.Http.Post("/admin/v1/backups", new { directory = backup });
            await IsOpenedBesides(locked);
            clock.Move(2 * new WriterOptions().UnitDeadline);
        }

        Assert.That((await answer).Text, Does.Contain("\"manifest\":null,\"error\":\"Not all modules stopped writing"));
        Assert.That(Directory.Exists(backup), Is.False);
    }

    [Test]
    public async Task A_module_that_another_program_has_locked_is_the_reason_why_there_is_no_backup()
    {
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        await using var app = await TestApplication.Start([new FixtureModule("ledger")], data);
        using var other = ModuleFile.Open(ModuleFile.Of(data, "ledger"));
        await using var held = await other.BeginTransactionAsync();

        var answer = await app.Http.Post("/admin/v1/backups", new { directory = backup });

        Assert.That(answer.Text, Does.Contain("\"error\":").And.Contain("Another program has locked the file"));
        Assert.That(Directory.Exists(backup), Is.False);
    }

    [Test]
    public async Task A_damaged_file_is_the_reason_why_there_is_no_backup()
    {
        var data = Path.Combine(directory, "data");
        await using (await TestApplication.Start([new FixtureModule("ledger")], data)) { }
        var root = (long)ModuleFile.Scalar(data, "ledger", "SELECT rootpage FROM sqlite_master WHERE name = 'kernel_meta'")!;
        await using (var file = File.OpenWrite(ModuleFile.Of(data, "ledger")))
        {
            file.Position = (root - 1) * 4096;
            file.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
        }

        var backup = Backup.Take(data, Path.Combine(directory, "backup"), TimeProvider.System, _ => Task.CompletedTask, default);

        await Assert.ThatAsync(() => backup, Throws.TypeOf<BackupException>().With.Message.StartsWith("ledger.db cannot be read"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_damaged_file_does_not_keep_the_others_from_being_backed_up_and_is_named(bool running)
    {
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        var modules = new Module[] { new FixtureModule("ledger"), new FixtureModule("other") };
        await using (await TestApplication.Start(modules, data)) { }
        ModuleFile.OverwriteFirstPage(data, "ledger");

        if (running)
        {
            await using var app = await TestApplication.Start(modules, data);
            var answer = await app.Http.Post("/admin/v1/backups", new { directory = backup });
            Assert.That(answer.Text, Does.Contain("\"gaps\":[{\"name\":\"ledger.db\""));
        }
        else
        {
            await Backup.Take(data, backup, TimeProvider.System, _ => Task.CompletedTask, default);
        }

        var manifest = BackupManifest.Read(backup);
        Assert.That(manifest.Files.Select(file => file.Name), Is.EqualTo(["other.db", "ledger.epoch"]));
        Assert.That(manifest.Gaps!.Single().Reason, Does.Contain("not a database"));
        Assert.That(Directory.GetFiles(backup).Select(Path.GetFileName), Is.EquivalentTo(["other.db", "ledger.epoch", "manifest.json"]));
        var failed = (await Verify(backup)).Single(finding => finding.Level == FindingLevel.Failed);
        Assert.That(failed.Subject, Is.EqualTo("backup ledger.db"));
        Assert.That(failed.Text, Does.StartWith("It could not be backed up: "));
    }

    [TestCase("kernel_meta")]
    [TestCase("checkpoints")]
    public async Task A_file_whose_damage_is_met_while_it_is_copied_is_left_out(string table)
    {
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        await using (await TestApplication.Start([new FixtureModule("ledger"), new FixtureModule("other")], data)) { }
        var root = (long)ModuleFile.Scalar(data, "ledger", $"SELECT rootpage FROM sqlite_master WHERE name = '{table}'")!;
        await using (var file = File.OpenWrite(ModuleFile.Of(data, "ledger")))
        {
            file.Position = (root - 1) * 4096;
            file.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
        }

        var manifest = await Backup.Take(data, backup, TimeProvider.System, _ => Task.CompletedTask, default);

        Assert.That(manifest.Gaps!.Select(gap => gap.Name), Is.EqualTo(["ledger.db"]));
        Assert.That(Directory.GetFiles(backup).Select(Path.GetFileName), Is.EquivalentTo(["other.db", "ledger.epoch", "manifest.json"]));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_file_that_is_missing_or_empty_is_named_when_others_have_read_its_log(bool empty)
    {
        var (publisher, reader) = (new StandInModule("publisher"), new RebuildableModule("reader"));
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        await using (await TestApplication.Start([publisher, reader], data))
        {
            await publisher.Publish(new Happened("key", 1));
            await reader.Received(1);
        }
        File.Delete(ModuleFile.Of(data, "publisher"));
        if (empty)
        {
            File.Create(ModuleFile.Of(data, "publisher")).Dispose();
        }

        var manifest = await Backup.Take(data, backup, TimeProvider.System, _ => Task.CompletedTask, default);

        Assert.That(manifest.Files.Select(file => file.Name), Is.EqualTo(["reader.db", "publisher.epoch"]));
        Assert.That(manifest.Gaps!.Single().Name, Is.EqualTo("publisher.db"));
        Assert.That(
            manifest.Gaps!.Single().Reason,
            Is.EqualTo(empty ? "It is empty." : "It is not there, but reader.db has read 1 of its events.")
        );
    }

    [Test]
    public async Task A_complete_backup_is_one_that_older_builds_can_read()
    {
        var (data, backup) = (Path.Combine(directory, "data"), Path.Combine(directory, "backup"));
        await using (await TestApplication.Start([new FixtureModule("ledger")], data)) { }

        var manifest = await Backup.Take(data, backup, TimeProvider.System, _ => Task.CompletedTask, default);

        Assert.That(manifest.Format, Is.EqualTo(1));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(backup, BackupManifest.FileName)), Does.Not.Contain("gaps"));
    }

    private static Task<IReadOnlyList<Finding>> Verify(string backup) =>
        new Verification([], configuration: null, _ => Task.CompletedTask).OfBackup(backup, CancellationToken.None);

    private static async Task PublishUntil(StandInModule publisher, CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            await publisher.Publish(new Happened("key", number));
        }
    }

    /// <summary>Waits until a locked file is opened a second time: the files that come before it have been looked at.</summary>
    private static Task IsOpenedBesides(SqliteConnection locked)
    {
        var file = Path.GetFullPath(locked.DataSource);
        return Eventually.True(() =>
            Directory.GetFiles("/proc/self/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget == file) == 2
        );
    }

    private static SqliteConnection Lock(string file)
    {
        var connection = ModuleFile.Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE t (x); BEGIN EXCLUSIVE; INSERT INTO t VALUES (1)";
        command.ExecuteNonQuery();
        return connection;
    }
}
