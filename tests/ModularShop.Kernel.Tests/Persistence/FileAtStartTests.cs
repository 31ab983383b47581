using System.Runtime.Versioning;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>What a module may find in place of its file when it starts.</summary>
internal sealed class FileAtStartTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly string directory = TestApplication.NewDirectory();

    private string LedgerFile => ModuleFile.Of(directory, "ledger");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_file_that_is_empty_is_no_new_file()
    {
        await File.WriteAllBytesAsync(LedgerFile, []);

        await using var app = await TestApplication.Start([ledger], directory);

        Assert.That(app.Quarantined["ledger"], Does.Contain("it is empty"));
    }

    [Test]
    public async Task A_write_ahead_log_without_its_file_is_left_alone()
    {
        var log = LedgerFile + "-wal";
        await File.WriteAllTextAsync(log, "what was acknowledged");

        await using var app = await TestApplication.Start([ledger], directory);

        Assert.That(app.Quarantined["ledger"], Does.Contain("The file is missing"));
        Assert.That(await File.ReadAllTextAsync(log), Is.EqualTo("what was acknowledged"));
    }

    [Test]
    public async Task A_module_that_cannot_make_its_file_starts_by_itself_once_it_can()
    {
        Directory.CreateDirectory(LedgerFile);
        var oftenTrying = new Dictionary<string, string?> { ["Kernel:Writer:StorageCheck"] = "00:00:00.050" };
        await using var app = await TestApplication.Start([ledger], directory, oftenTrying);
        Assert.That(app.Quarantined["ledger"], Does.Contain("The file cannot be opened"));

        Directory.Delete(LedgerFile);

        await Eventually.True(() => !app.Quarantined.ContainsKey("ledger"));
    }

    [Test]
    public async Task A_module_whose_mark_cannot_be_written_starts_and_writes_it_at_a_later_start()
    {
        var inTheWay = Path.Combine(directory, "ledger.epoch.new");
        Directory.CreateDirectory(inTheWay);
        await using var app = await TestApplication.Start([ledger], directory);
        await ledger.Send(new AddEntry.Command("written"));
        Assert.That(app.Quarantined, Is.Empty);
        Assert.That(File.Exists(Path.Combine(directory, "ledger.epoch")), Is.False);

        Directory.Delete(inTheWay);
        await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(await ledger.Entries(), Is.EqualTo(["written"]));
        Assert.That(File.Exists(Path.Combine(directory, "ledger.epoch")), Is.True);
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public async Task Files_beside_the_database_with_another_mode_get_its_mode()
    {
        string[] beside = [LedgerFile + "-wal", LedgerFile + "-shm"];
        await (await TestApplication.Start([ledger], directory)).DisposeAsync();
        foreach (var left in beside)
        {
            await File.WriteAllBytesAsync(left, [0]); // SQLite itself handles empty ones.
            File.SetUnixFileMode(left, UnixFileMode.UserRead);
        }

        await using var app = await TestApplication.Start([ledger], directory);
        await ledger.Send(new AddEntry.Command("written"));

        Assert.That(beside.Select(File.GetUnixFileMode), Is.All.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
