using System.Diagnostics;
using MediatR;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class WalLimitTests
{
    private const long Mebibyte = 1024 * 1024;
    private const long Limit = 4 * Mebibyte;

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Kernel:Writer:WalLimit"] = $"{Limit}",
        ["Kernel:Writer:WalWait"] = "00:00:00.500",
        ["Kernel:Writer:StorageCheck"] = "00:00:00.050",
    };

    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    private string Wal => ModuleFile.Of(directory, "ledger") + "-wal";

    private long WalLength => new FileInfo(Wal).Length;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task While_readers_overlap_the_log_stays_near_its_limit()
    {
        await using var app = await TestApplication.Start([ledger], directory, Settings);
        await Write("CREATE TABLE ballast (bytes BLOB)");
        using var ending = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 12).Select(_ => Task.Run(() => ReadAgainAndAgain(ending.Token))).ToList();

        var longest = 0L;
        for (var n = 0; n < 400; n++)
        {
            await Write("INSERT INTO ballast VALUES (randomblob(100000))");
            longest = Math.Max(longest, WalLength);
        }
        await ending.CancelAsync();
        await Task.WhenAll(reading);

        Assert.That(longest, Is.GreaterThan(Limit).And.LessThan(5 * Limit), "40 MB were written");
        await Eventually.True(() => WalLength <= Limit);
    }

    [Test]
    public async Task Commands_continue_during_a_long_read_and_the_log_shrinks_after_it_without_a_write()
    {
        await using var app = await TestApplication.Start([ledger], directory, Settings);
        await Write("CREATE TABLE ballast (bytes BLOB)");
        await using var other = Reader();
        var watch = Stopwatch.StartNew();

        for (var n = 0; n < 200; n++)
        {
            await Write("INSERT INTO ballast VALUES (randomblob(50000))");
        }

        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "not each of them waited for the reader");
        Assert.That(WalLength, Is.GreaterThan(2 * Limit));
        var module = (await app.Http.Json("/admin/v1/modules")).EnumerateArray().Single();
        Assert.That(module.Number("walBytes"), Is.EqualTo(WalLength));
        Assert.That(module.Number("walLimit"), Is.EqualTo(Limit));

        await other.CloseAsync();

        await Eventually.True(() => WalLength == 0);
        await ledger.Send(new AddEntry.Command("after"));
        Assert.That(app.Quarantined, Is.Empty);
    }

    [Test]
    public async Task When_an_erasure_is_answered_the_log_contains_nothing_of_it()
    {
        await using var app = await TestApplication.Start([ledger], directory, Settings);
        await WritePerson();
        Assert.That(Found("Lovelace"), Is.True);
        using var ending = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAgainAndAgain(ending.Token))).ToList();

        await ErasePerson();

        Assert.That(Found("Lovelace"), Is.False);
        await ending.CancelAsync();
        await Task.WhenAll(reading);
    }

    [Test]
    public async Task An_erasure_does_not_wait_for_a_copy_of_the_file_and_the_log_is_emptied_after_it()
    {
        var patient = new Dictionary<string, string?>(Settings) { ["Kernel:Writer:WalWait"] = "00:01:00" };
        await using var app = await TestApplication.Start([ledger], directory, patient);
        await WritePerson();
        using var copy = ledger.Services.GetRequiredService<ModuleDatabase>().BeginCopy();

        // The writer may run on the caller's thread.
        await Task.Run(ErasePerson).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(Found("Lovelace"), Is.True, "the copy needs it");
        copy.Dispose();
        await Eventually.True(() => !Found("Lovelace"));
    }

    [Test]
    public async Task An_erasure_that_a_reader_holds_up_is_answered_and_the_log_is_emptied_when_the_reader_ends()
    {
        await using var app = await TestApplication.Start([ledger], directory, Settings);
        await WritePerson();
        await using var other = Reader();

        await ErasePerson();

        Assert.That(Found("Lovelace"), Is.True, "the reader needs it");
        Assert.That((await app.Http.Json("/admin/v1/modules"))[0].GetProperty("walHoldsErased").GetBoolean(), Is.True);
        await other.CloseAsync();
        await Eventually.True(() => !Found("Lovelace"));
        await Eventually.Get(() => app.Http.Json("/admin/v1/modules"), modules => !modules[0].GetProperty("walHoldsErased").GetBoolean());
    }

    [Test]
    public async Task Erasures_while_other_programs_keep_reading_do_not_wait_one_by_one()
    {
        var patient = new Dictionary<string, string?>(Settings) { ["Kernel:Writer:WalWait"] = "00:00:02" };
        await using var app = await TestApplication.Start([ledger], directory, patient);
        await WritePerson();
        var other = Reader();
        var watch = Stopwatch.StartNew();

        for (var n = 0; n < 20; n++)
        {
            await ErasePerson();
            await Write("INSERT INTO people VALUES ('Lovelace')");
            // A different snapshot each time, with one always open.
            var next = Reader();
            await other.DisposeAsync();
            other = next;
        }

        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "20 waits of 2 s are 40 s");
        await ErasePerson();
        await other.DisposeAsync();
        await Eventually.True(() => !Found("Lovelace"));
    }

    [Test]
    public async Task Data_erased_before_a_crash_is_not_in_the_log_after_the_next_start()
    {
        var crashed = TestApplication.NewDirectory();
        try
        {
            await using (var app = await TestApplication.Start([ledger], directory, Settings))
            {
                await WritePerson();
                await Write("DELETE FROM people");
                foreach (
                    var file in Directory.GetFiles(directory, "ledger.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal))
                )
                {
                    File.Copy(file, Path.Combine(crashed, Path.GetFileName(file)));
                }
            }
            Assert.That(Found("Lovelace", crashed), Is.True);

            await using var restarted = await TestApplication.Start([ledger], crashed, Settings);

            await Eventually.True(() => !Found("Lovelace", crashed));
        }
        finally
        {
            Directory.Delete(crashed, recursive: true);
        }
    }

    [Test]
    public async Task Health_shows_how_large_file_and_log_are()
    {
        await using var app = await TestApplication.Start([ledger], directory, Settings);
        await ledger.Send(new AddEntry.Command("tea"));

        var data = (await app.Http.Health("module ledger")).GetProperty("data");

        Assert.That(data.Number("fileBytes"), Is.EqualTo(new FileInfo(ModuleFile.Of(directory, "ledger")).Length));
        Assert.That(data.Number("walBytes"), Is.EqualTo(WalLength).And.Positive);
    }

    [Test]
    public async Task Nobody_is_erased_outside_of_a_unit_of_work()
    {
        await using var app = await TestApplication.Start([ledger], directory, Settings);

        var asking = ledger.Send(
            new Ask.Query(
                (services, _) =>
                {
                    services.GetRequiredService<IErasure>().Forget(Guid.CreateVersion7());
                    return Task.CompletedTask;
                }
            )
        );

        await Assert.ThatAsync(() => asking, Throws.InvalidOperationException.With.Message.Contains("unit of work"));
    }

    private Task<Unit> Write(string sql) =>
        ledger.Send(new Do.Command((services, ct) => services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync(sql, ct)));

    private async Task WritePerson()
    {
        await Write("CREATE TABLE people (name TEXT)");
        await Write("INSERT INTO people VALUES ('Lovelace')");
    }

    private Task<Unit> ErasePerson() =>
        ledger.Send(
            new Do.Command(
                async (services, ct) =>
                {
                    await services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync("DELETE FROM people", ct);
                    services.GetRequiredService<IErasure>().Forget(Guid.CreateVersion7());
                }
            )
        );

    // Short queries that overlap, so that one is always open.
    private async Task ReadAgainAndAgain(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            using var reader = ledger.Services.GetRequiredService<ModuleDatabase>().OpenReader();
            await using var transaction = reader.Connection.BeginTransaction(deferred: true);
            reader.Connection.Scalar("SELECT count(*) FROM sqlite_master");
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    private SqliteConnection Reader()
    {
        var other = ModuleFile.Open(ModuleFile.Of(directory, "ledger"));
        other.Execute("BEGIN; SELECT count(*) FROM sqlite_master");
        return other;
    }

    private bool Found(string word) => Found(word, directory);

    private static bool Found(string word, string directory) =>
        Directory
            .GetFiles(directory, "ledger.db*")
            .Any(file =>
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var text = new StreamReader(stream, System.Text.Encoding.Latin1);
                return text.ReadToEnd().Contains(word, StringComparison.Ordinal);
            });
}
