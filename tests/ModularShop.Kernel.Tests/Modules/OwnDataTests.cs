using System.Net;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>A module that owns data does not start with a different, empty or new file unless a person confirms it.</summary>
internal sealed class OwnDataTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    private string PublisherFile => ModuleFile.Of(directory, "publisher");

    private string Aside => PublisherFile + ".aside";

    [SetUp]
    public async Task WriteSomething()
    {
        await using var app = await TestApplication.Start([publisher, reader, ledger], directory);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await ledger.Send(new AddEntry.Command("tea"));
        await reader.Received(2);
        await app.CaughtUp();
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_missing_file_of_a_module_that_owns_data_is_not_begun_anew([Values] bool hasMark)
    {
        KeepMarks(hasMark);
        File.Move(PublisherFile, Aside);
        await using var app = await TestApplication.Start([publisher, reader], directory);

        Assert.That(
            app.Quarantined["publisher"],
            Does.StartWith("The file is missing").And.Contain(hasMark ? "publisher.epoch" : "reader has read up to position 2")
        );
        Assert.That(app.Quarantined["publisher"], Does.Contain("/admin/v1/modules/publisher/accept"));
        Assert.That(app.Quarantined.Keys, Is.EqualTo(["publisher"]), "the others run");
        Assert.That(File.Exists(PublisherFile), Is.False);

        File.Move(Aside, PublisherFile);
        await AssertGoesOn(app);
    }

    [Test]
    public async Task A_missing_file_that_no_other_module_has_read_is_not_begun_anew()
    {
        File.Delete(ModuleFile.Of(directory, "ledger"));

        await using var app = await TestApplication.Start([ledger], directory);

        Assert.That(app.Quarantined["ledger"], Does.StartWith("The file is missing, but ledger.epoch says that there was one."));
    }

    [Test]
    public async Task When_all_files_are_missing_none_is_begun_anew()
    {
        foreach (var file in Directory.GetFiles(directory, "*.db*"))
        {
            File.Delete(file);
        }

        await using var app = await TestApplication.Start([publisher, reader, ledger], directory);

        Assert.That(app.Quarantined.Keys, Is.EquivalentTo(["publisher", "reader", "ledger"]));
    }

    [TestCase("no tables", true)]
    [TestCase("no tables", false)]
    [TestCase("a new file", true)]
    [TestCase("a new file", false)]
    [TestCase("no rows", true)]
    [TestCase("no rows", false)]
    public async Task A_file_that_was_emptied_is_not_begun_anew(string what, bool hasMark)
    {
        KeepMarks(hasMark);
        File.Copy(PublisherFile, Aside);
        Empty(what);
        var emptied = await File.ReadAllBytesAsync(PublisherFile);
        await using var app = await TestApplication.Start([publisher, reader], directory);

        Assert.That(app.Quarantined.Keys, Is.EqualTo(["publisher"]));
        Assert.That(app.Quarantined["publisher"], Does.Contain("another directory"), "nothing is to be overwritten");
        if (what == "no tables")
        {
            Assert.That(await File.ReadAllBytesAsync(PublisherFile), Is.EqualTo(emptied), "it may be somebody else's");
        }
        var health = await app.Http.Health("subscription reader <- publisher");
        Assert.That(health.Text("status"), Is.EqualTo("unhealthy"));
        Assert.That(health.Text("description"), Does.StartWith("'publisher' is quarantined"));

        MoveAway(PublisherFile);
        File.Move(Aside, PublisherFile);
        await AssertGoesOn(app);
    }

    [Test]
    public async Task Another_file_with_a_log_of_its_own_is_not_taken_for_the_modules()
    {
        var other = TestApplication.NewDirectory();
        await using (await TestApplication.Start([publisher], other))
        {
            await publisher.Publish([new Happened("key", 8), new Happened("key", 9), new Happened("key", 10)]);
        }
        File.Move(PublisherFile, Aside);
        File.Copy(ModuleFile.Of(other, "publisher"), PublisherFile);
        Directory.Delete(other, recursive: true);
        await using var app = await TestApplication.Start([publisher, reader], directory);

        Assert.That(app.Quarantined["publisher"], Does.StartWith("The file is another one than before"));

        MoveAway(PublisherFile);
        File.Move(Aside, PublisherFile);
        await AssertGoesOn(app);
    }

    [TestCase("DROP TABLE entries; DROP TABLE receipts; DROP TABLE __EFMigrationsHistory")]
    [TestCase("DROP TABLE entries; DROP TABLE receipts")]
    [TestCase("DROP TABLE event_log")]
    [TestCase("DROP TABLE kernel_meta")]
    [TestCase("DELETE FROM kernel_meta WHERE name = 'epoch'")]
    public async Task A_file_that_lost_tables_is_not_given_new_ones(string sql)
    {
        ModuleFile.Execute(directory, "ledger", sql);

        await using var app = await TestApplication.Start([ledger], directory);

        Assert.That(app.Quarantined["ledger"], Does.StartWith("The file is damaged").And.Contain("Put a backup of it in its place"));
    }

    [Test]
    public async Task A_person_can_begin_anew_and_what_is_there_then_stays_accepted()
    {
        File.Move(PublisherFile, Aside);
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            var accepted = await app.Http.Post("/admin/v1/modules/publisher/accept");
            Assert.That(accepted.Body.Text("state"), Is.EqualTo("running"));
            await app.Http.WaitForState("reader", "publisher", "halted");
        }

        await using var again = await TestApplication.Start([publisher, reader], directory);

        Assert.That(again.Quarantined, Is.Empty);
        Assert.That(File.Exists(Aside), Is.True, "nothing is deleted");
    }

    [Test]
    public async Task A_module_that_runs_has_nothing_to_be_accepted()
    {
        await using var app = await TestApplication.Start([publisher], directory);

        var answer = await app.Http.Post("/admin/v1/modules/publisher/accept");

        answer.Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task A_module_that_owns_nothing_comes_back_by_itself()
    {
        var copies = new RebuildableModule("reader") { Owns = false };
        foreach (var file in Directory.GetFiles(directory, "reader.db*"))
        {
            File.Delete(file);
        }

        await using var app = await TestApplication.Start([publisher, copies], directory);

        Assert.That(await copies.Received(2), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_module_that_says_it_owns_nothing_but_publishes_does_not_start()
    {
        await using var app = await TestApplication.Start([new FixtureModule("ledger") { Owns = false }], directory);

        Assert.That(app.Quarantined["ledger"], Does.Contain("owns no data publishes nothing"));
    }

    [Test]
    public async Task A_neighbour_from_elsewhere_stops_no_module_whose_own_file_is_known()
    {
        var quiet = new StandInModule("quiet");
        await using (await TestApplication.Start([quiet], directory))
        {
            // The module has a file, but has published nothing.
        }
        ModuleFile.Execute(directory, "reader", "UPDATE checkpoints SET source = 'quiet', epoch = 'of another shop'");

        await using var app = await TestApplication.Start([quiet], directory);

        Assert.That(app.Quarantined, Is.Empty);
    }

    [Test]
    public async Task A_mark_that_cannot_be_read_still_says_that_there_was_a_file_and_is_made_anew_beside_it()
    {
        var mark = Path.Combine(directory, "ledger.epoch");
        var text = await File.ReadAllTextAsync(mark);
        await File.WriteAllTextAsync(mark, "");
        await using (var app = await TestApplication.Start([ledger], directory))
        {
            Assert.That(app.Quarantined, Is.Empty);
            Assert.That(await File.ReadAllTextAsync(mark), Is.EqualTo(text));
        }
        await File.WriteAllTextAsync(mark, "");
        File.Delete(ModuleFile.Of(directory, "ledger"));

        await using var missing = await TestApplication.Start([ledger], directory);

        Assert.That(missing.Quarantined["ledger"], Does.StartWith("The file is missing"));
    }

    [Test]
    public async Task The_log_beside_an_emptied_file_of_another_module_is_left_alone()
    {
        KeepMarks(false);
        File.Move(PublisherFile, Aside);
        var emptied = ModuleFile.Of(directory, "reader");
        await File.WriteAllBytesAsync(emptied, []);
        await File.WriteAllTextAsync($"{emptied}-wal", "committed");

        await using var app = await TestApplication.Start([publisher], directory);

        Assert.That(await File.ReadAllTextAsync($"{emptied}-wal"), Is.EqualTo("committed"));
    }

    private void KeepMarks(bool keep)
    {
        foreach (var mark in Directory.GetFiles(directory, "*.epoch").Where(_ => !keep))
        {
            File.Delete(mark); // As in a directory of an older build, which had no marks.
        }
    }

    private void Empty(string what)
    {
        if (what == "no rows")
        {
            ModuleFile.Execute(
                directory,
                "publisher",
                "DELETE FROM event_log; DELETE FROM sqlite_sequence; PRAGMA wal_checkpoint(TRUNCATE)"
            );
            return;
        }
        File.Delete(PublisherFile);
        if (what == "a new file")
        {
            ModuleDatabase.Open(PublisherFile).Dispose();
            return;
        }
        using var connection = ModuleFile.Open(PublisherFile);
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE t (x); DROP TABLE t; VACUUM";
        command.ExecuteNonQuery();
    }

    private void MoveAway(string file)
    {
        var away = Directory.CreateDirectory(Path.Combine(directory, "away")).FullName;
        foreach (var part in new[] { file, $"{file}-wal", $"{file}-shm" }.Where(File.Exists))
        {
            File.Move(part, Path.Combine(away, Path.GetFileName(part)));
        }
    }

    private async Task AssertGoesOn(TestApplication app)
    {
        var restarted = await app.Http.Post("/admin/v1/modules/publisher/restart");
        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        await publisher.Publish(new Happened("key", 3));
        Assert.That(await reader.Received(3), Is.EqualTo([1, 2, 3]));
    }
}
