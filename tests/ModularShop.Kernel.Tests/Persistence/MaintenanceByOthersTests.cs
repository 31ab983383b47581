using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>What backup tools and people do to a module's file with SQLite while the module runs.</summary>
internal sealed class MaintenanceByOthersTests
{
    // A long interval: the module checks its file only when it writes.
    private static readonly Dictionary<string, string?> SeldomLooking = new() { ["Kernel:Writer:StorageCheck"] = "01:00:00" };
    private static readonly Dictionary<string, string?> OftenLooking = new() { ["Kernel:Writer:StorageCheck"] = "00:00:00.020" };

    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    private string LedgerFile => ModuleFile.Of(directory, "ledger");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("PRAGMA wal_checkpoint(TRUNCATE)", Description = "shortens the WAL")]
    [TestCase("VACUUM", Description = "shortens the file when the module's next commit checkpoints")]
    [TestCase("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", Description = "shortens both")]
    [TestCase("PRAGMA wal_checkpoint(TRUNCATE); VACUUM", Description = "shortens the log now, and the file at a later checkpoint")]
    [TestCase("VACUUM; PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")]
    [TestCase("PRAGMA journal_size_limit = 0; PRAGMA wal_checkpoint(RESTART); REPLACE INTO kernel_meta SELECT * FROM kernel_meta")]
    public async Task A_file_or_log_that_another_program_makes_shorter_through_SQLite_takes_no_module_down(string maintenance)
    {
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        await ledger.Send(new AddEntry.Command("before"));
        await LeaveFreePages();
        var before = Lengths();

        await using (var other = Other())
        {
            other.Execute(maintenance);
        }

        await ledger.Send(new AddEntry.Command("after"));
        Execute("PRAGMA wal_checkpoint(PASSIVE)");
        await ledger.Send(new AddEntry.Command("later"));
        Assert.That(Lengths(), Has.Some.LessThan(before.Min()), "something did become shorter");
        Assert.That(await ledger.Entries(), Is.EqualTo(["after", "before", "later"]));
        Assert.That(app.Quarantined, Is.Empty);
        Assert.That(Directory.GetFiles(directory, "*.rescued-*"), Is.Empty);
    }

    [Test]
    public async Task A_log_with_a_VACUUM_that_a_crash_left_does_not_stop_the_module_at_the_next_start()
    {
        var crashed = TestApplication.NewDirectory();
        try
        {
            await using (await TestApplication.Start([ledger], directory, SeldomLooking))
            {
                await LeaveFreePages();
                await using var other = Other();
                other.Execute("VACUUM");
                foreach (var name in (string[])["ledger.db", "ledger.db-wal"])
                {
                    File.Copy(Path.Combine(directory, name), Path.Combine(crashed, name));
                }
            }
            var before = new FileInfo(ModuleFile.Of(crashed, "ledger")).Length;

            await using var app = await TestApplication.Start([ledger], crashed, SeldomLooking);
            await ledger.Send(new AddEntry.Command("first"));
            Execute("PRAGMA wal_checkpoint(PASSIVE)");
            await ledger.Send(new AddEntry.Command("second"));

            Assert.That(new FileInfo(ModuleFile.Of(crashed, "ledger")).Length, Is.LessThan(before));
            Assert.That(app.Quarantined, Is.Empty);
        }
        finally
        {
            Directory.Delete(crashed, recursive: true);
        }
    }

    [Test]
    public async Task A_second_VACUUM_that_is_committed_before_the_first_is_seen_takes_no_module_down()
    {
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        await ledger.Send(new AddEntry.Command("before"));
        await LeaveFreePages();
        await LeaveFreePages();
        await using (var other = Other())
        {
            other.Execute("CREATE TABLE rest AS SELECT zeroblob(500000) AS bytes");
            other.Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE); DROP TABLE rest; VACUUM");
        }

        await ledger.Send(new AddEntry.Command("after"));
        Execute("PRAGMA wal_checkpoint(PASSIVE)");
        await ledger.Send(new AddEntry.Command("later"));

        Assert.That(app.Quarantined, Is.Empty);
    }

    [Test]
    public async Task A_module_that_writes_while_others_vacuum_and_empty_its_log_loses_nothing_and_stays_up()
    {
        await using var app = await TestApplication.Start([ledger], directory, OftenLooking);
        await LeaveFreePages();
        using var ending = new CancellationTokenSource();

        var maintenance = Task.Run(async () =>
        {
            await using var other = Other();
            for (var round = 0; round < 40 || !ending.IsCancellationRequested; round++)
            {
                other.Execute(round % 4 == 0 ? "VACUUM" : "PRAGMA wal_checkpoint(TRUNCATE)");
                await Task.Delay(1);
            }
        });
        var kept = new List<string>();
        for (var n = 0; n < 200; n++)
        {
            var subject = $"{n:000}";
            try
            {
                await ledger.Send(new AddEntry.Command(subject));
                kept.Add(subject);
            }
            catch (StorageException e) when (e.Fault.Reason.Contains("locked", StringComparison.Ordinal))
            {
                // Two programs that write wait for each other. The fault is reported, and passes by itself.
            }
        }
        await ending.CancelAsync();
        await maintenance;

        Assert.That(app.Quarantined, Is.Empty);
        Assert.That(await ledger.Entries(), Is.EqualTo(kept));
        Assert.That(kept, Has.Count.GreaterThan(100));
    }

    [TestCase("")]
    [TestCase("-wal")]
    public async Task Truncation_after_such_maintenance_is_detected(string suffix)
    {
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        await LeaveFreePages();
        await using (var other = Other())
        {
            other.Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
        }
        await ledger.Send(new AddEntry.Command("before"));

        await using (var file = new FileStream(LedgerFile + suffix, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(file.Length - 4096);
        }

        await Assert.ThatAsync(() => ledger.Send(new AddEntry.Command("after")), Throws.TypeOf<StorageException>());
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("was cut off while the module ran"));
    }

    [Test]
    public async Task An_older_copy_that_is_written_over_the_file_is_noticed_though_it_is_whole()
    {
        var older = Path.Combine(directory, "older");
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        await ledger.Send(new AddEntry.Command("before"));
        await using (var other = Other())
        {
            other.Execute($"VACUUM INTO '{older}'");
        }
        await LeaveFreePages();
        await ledger.Send(new AddEntry.Command("lost"));
        Execute("PRAGMA wal_checkpoint(PASSIVE)");

        await File.WriteAllBytesAsync(LedgerFile, await File.ReadAllBytesAsync(older));

        await Assert.ThatAsync(() => ledger.Send(new AddEntry.Command("after")), Throws.TypeOf<StorageException>());
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("was cut off while the module ran"));
    }

    [Test]
    public async Task A_file_that_is_set_back_through_SQLite_is_noticed()
    {
        var older = Path.Combine(directory, "older");
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        await ledger.Send(new AddEntry.Command("before"));
        await using var other = Other();
        other.Execute($"VACUUM INTO '{older}'");
        await ledger.Send(new AddEntry.Command("lost"));

        // As sqlite3's .restore does.
        await using (var source = new SqliteConnection($"Data Source={older};Pooling=False"))
        {
            source.Open();
            source.BackupDatabase(other);
        }
        other.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

        await Assert.ThatAsync(() => ledger.Send(new AddEntry.Command("after")), Throws.TypeOf<StorageException>());
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("set back to an earlier state"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("Move the file, and the -wal and -shm files beside it, to another directory."));
        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");
        Assert.That(await ledger.Entries(), Is.EqualTo(["before"]));
    }

    private long[] Lengths() => [new FileInfo(LedgerFile).Length, new FileInfo(LedgerFile + "-wal").Length];

    // With this data, a VACUUM makes the file shorter, and a checkpoint has pages to copy.
    private async Task LeaveFreePages()
    {
        foreach (var sql in (string[])["CREATE TABLE ballast AS SELECT zeroblob(2000000) AS bytes", "DROP TABLE ballast"])
        {
            await ledger.Send(
                new Do.Command((services, ct) => services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync(sql, ct))
            );
        }
        Execute("PRAGMA wal_checkpoint(PASSIVE)");
    }

    // Uses the writer's own connection. SQLite allows that from any thread.
    private void Execute(string sql) =>
        Assert.That(SQLitePCL.raw.sqlite3_exec(ledger.Services.GetRequiredService<ModuleDatabase>().Writer.Handle, sql), Is.Zero);

    private SqliteConnection Other()
    {
        var other = ModuleFile.Open(LedgerFile);
        return other;
    }
}
