using System.Net;
using System.Text.Json;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class StorageTests
{
    private static readonly Dictionary<string, string?> OftenLooking = new() { ["Kernel:Writer:StorageCheck"] = "00:00:00.050" };
    private static readonly Dictionary<string, string?> SeldomLooking = new() { ["Kernel:Writer:StorageCheck"] = "01:00:00" };

    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    private string LedgerFile => ModuleFile.Of(directory, "ledger");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "The disk is full")]
    [TestCase("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "The file is read-only")]
    public async Task A_fault_that_passes_is_told_and_found_to_be_over_though_nobody_writes(string begin, string end, string reason)
    {
        await using var app = await TestApplication.Start([ledger], directory, OftenLooking);
        Execute(begin);

        // A file that may not grow can take more rows until its last page is full.
        var taken = new List<string>();
        var refused = await Eventually.Get(
            async () =>
            {
                var subject = $"{taken.Count + 1000}{new string('x', 90)}";
                var answer = await app.Http.Post("/ledger/v1/entries", JsonSerializer.Serialize(new { subject }));
                if (answer.IsSuccess)
                {
                    taken.Add(subject);
                }
                return answer;
            },
            answer => !answer.IsSuccess
        );
        var problem = refused.ExpectProblem(HttpStatusCode.ServiceUnavailable);

        Assert.That(problem.Text("detail"), Does.StartWith(reason).And.Contain("Nothing was changed"));
        if (reason.Contains("read-only", StringComparison.Ordinal))
        {
            Assert.That((await Health(app)).Text("description"), Does.Contain(reason));
        }
        Execute(end);
        await Eventually.Get(() => Health(app), entry => entry.Text("status") == "healthy");
        await ledger.Send(new AddEntry.Command("after"));
        Assert.That(await ledger.Entries(), Is.EqualTo(taken.Append("after")));
    }

    [Test]
    public async Task All_who_wait_while_another_program_holds_the_file_are_told_at_once()
    {
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        var gate = new TaskCompletionSource();
        var blocking = ledger.Send(new Do.Command((_, ct) => gate.Task.WaitAsync(ct)));
        using var other = ModuleFile.Open(LedgerFile);

        gate.SetResult();
        await blocking;
        await using var held = await other.BeginTransactionAsync();
        var waiting = Enumerable.Range(0, 50).Select(n => ledger.Send(new AddEntry.Command($"{n}"))).ToList();
        await Task.WhenAll(waiting.Select(entry => ((Task)entry).ContinueWith(_ => { }, TaskScheduler.Default)))
            .WaitAsync(TimeSpan.FromSeconds(25));

        Assert.That(waiting.Select(entry => entry.Exception?.InnerException), Is.All.TypeOf<StorageException>());
        Assert.That(waiting[0].Exception!.Message, Does.Contain("Another program has locked the file"));
    }

    [Test]
    public async Task Writes_to_a_removed_file_are_not_acknowledged_and_the_modules_data_is_saved()
    {
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        await ledger.Send(new AddEntry.Command("before"));

        var writing = ledger.Send(
            new Do.Command(
                async (services, ct) =>
                {
                    await services.GetRequiredService<ISender>().Send(new AddEntry.Command("meanwhile"), ct);
                    File.Delete(LedgerFile);
                    File.Delete(LedgerFile + "-wal");
                }
            )
        );

        await Assert.ThatAsync(() => writing, Throws.TypeOf<StorageException>().With.Property("OutcomeIsUnknown").True);
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("The file was removed").And.Contain("saved to ledger.rescued-1.db"));
        File.Move(Path.Combine(directory, "ledger.rescued-1.db"), LedgerFile, overwrite: true);
        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");
        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        Assert.That(await ledger.Entries(), Does.Contain("before"));
    }

    [TestCase("")]
    [TestCase("-wal")]
    public async Task A_file_that_is_cut_off_under_an_idle_module_is_noticed(string suffix)
    {
        await using var app = await TestApplication.Start([ledger], directory, OftenLooking);
        await ledger.Send(new AddEntry.Command("before"));

        await using (var file = new FileStream(LedgerFile + suffix, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("was cut off while the module ran"));
    }

    [Test]
    public async Task The_rest_of_a_truncated_log_does_not_get_into_the_saved_copy()
    {
        await using var app = await TestApplication.Start([ledger], directory, OftenLooking);
        await ledger.Send(new AddEntry.Command("first"));
        var length = new FileInfo(LedgerFile + "-wal").Length;
        await ledger.Send(new AddEntry.Command("second"));

        await using (var file = new FileStream(LedgerFile + "-wal", FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(length);
        }

        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        Assert.That(app.Quarantined["ledger"], Does.Contain("saved to ledger.rescued-1.db"));
        File.Move(Path.Combine(directory, "ledger.rescued-1.db"), LedgerFile, overwrite: true);
        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");
        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["first", "second"]));
    }

    [Test]
    public async Task A_late_read_leaves_no_reader_of_the_old_file_open()
    {
        var old = ModuleDatabase.Open(LedgerFile);
        var epoch = old.Epoch;
        old.Dispose();
        old.OpenReader().Dispose();
        File.Delete(LedgerFile);

        using var database = ModuleDatabase.Open(LedgerFile);

        Assert.That(database.Epoch, Is.Not.EqualTo(epoch));
        using var reader = database.OpenReader();
        Assert.That(KernelSchema.Epoch(reader.Connection), Is.EqualTo(database.Epoch));
    }

    [Test, Platform("Linux")]
    public void A_module_that_has_stopped_keeps_none_of_its_readers_open()
    {
        var database = ModuleDatabase.Open(LedgerFile);
        database.OpenReader().Dispose();
        var late = database.OpenReader();

        database.Dispose();
        late.Dispose();
        database.OpenReader().Dispose();

        var open = Directory.GetFiles("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget);
        Assert.That(open.Where(target => target?.StartsWith(LedgerFile, StringComparison.Ordinal) is true), Is.Empty);
    }

    [Test, Platform("Linux")]
    public void A_file_that_cannot_be_looked_at_for_a_while_is_not_lost()
    {
        using var database = ModuleDatabase.Open(LedgerFile);

        Directory.Move(directory, directory + ".aside");
        Directory.CreateSymbolicLink(directory, directory);
        try
        {
            Assert.That(database.RescueIfLost(), Is.Null);
        }
        finally
        {
            File.Delete(directory);
            Directory.Move(directory + ".aside", directory);
        }
        Assert.That(database.RescueIfLost(), Is.Null);
    }

    [Test]
    public async Task A_unit_that_begins_after_the_file_was_removed_does_not_run()
    {
        await using var app = await TestApplication.Start([ledger], directory, SeldomLooking);
        File.Delete(LedgerFile);
        var hasRun = false;

        var writing = ledger.Send(
            new Do.Command(
                (_, _) =>
                {
                    hasRun = true;
                    return Task.CompletedTask;
                }
            )
        );

        await Assert.ThatAsync(() => writing, Throws.TypeOf<StorageException>().With.Property("OutcomeIsUnknown").False);
        Assert.That(hasRun, Is.False);
    }

    [Test]
    public async Task When_the_write_ahead_log_is_removed_nothing_is_lost_and_the_module_starts_again_by_itself()
    {
        await using var app = await TestApplication.Start([ledger], directory, OftenLooking);
        await ledger.Send(new AddEntry.Command("before"));

        File.Delete(LedgerFile + "-wal");

        await Eventually.Get(() => app.Http.Post("/ledger/v1/entries", """{ "subject": "after" }"""), answer => answer.IsSuccess);
        Assert.That(await ledger.Entries(), Is.EqualTo(["after", "before"]));
    }

    [Test]
    public async Task After_a_restart_queries_read_the_file_that_is_there_then()
    {
        await using var app = await TestApplication.Start([ledger, new FixtureModule("other")], directory, SeldomLooking);
        await ledger.Send(new AddEntry.Command("older"));
        Execute("PRAGMA wal_checkpoint(PASSIVE)");
        File.Copy(LedgerFile, LedgerFile + ".copy");
        await ledger.Send(new AddEntry.Command("newer"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["newer", "older"]));

        // The restart closes the file that was opened before, and opens the one that is in place.
        File.Move(LedgerFile + ".copy", LedgerFile, overwrite: true);
        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(await ledger.Entries(), Is.EqualTo(["older"]));
    }

    // Uses the writer's own connection. SQLite allows that from any thread.
    private void Execute(string sql) =>
        Assert.That(SQLitePCL.raw.sqlite3_exec(ledger.Services.GetRequiredService<ModuleDatabase>().Writer.Handle, sql), Is.Zero);

    private static Task<JsonElement> Health(TestApplication app) => app.Http.Health("module ledger");
}
