namespace ModularShop.SystemTests.Topologies;

/// <summary>A backup of a shop in several processes is one set of one moment, also under load.</summary>
internal sealed class BackupOfSeveralTests
{
    private const int Backups = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void Delete() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_backup_under_load_is_whole_and_its_files_fit_each_other()
    {
        await using var shop = await SplitShop.Start(seed: 3, Arrangement.OrdersAlone);
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        using var enough = new CancellationTokenSource(Deadline);
        var working = shop.Crowd.Work(shop.Http, enough.Token);

        for (var number = 0; number < Backups; number++)
        {
            var answered = shop.Crowd.Answered;
            await Eventually.True(() => shop.Crowd.Answered > answered + 50, Deadline);
            await BackedUpShop.Succeed("backup", BackupOf(number), "--url", shop.Url);
        }
        await enough.CancelAsync();
        await working;

        for (var number = 0; number < Backups; number++)
        {
            Assert.That(Directory.GetFiles(BackupOf(number), "*.db"), Has.Length.EqualTo(4));
            await BackedUpShop.Succeed("verify", BackupOf(number), "--deep");
        }
        Assert.That(shop.Crowd.Refused, Is.Empty);
    }

    [Test]
    public async Task Without_one_of_the_processes_there_is_no_backup()
    {
        await using var shop = await SplitShop.Start(seed: 3, Arrangement.OrdersAlone);
        await shop.Kill("second");

        var backup = await ShopCommand.Execute("backup", BackupOf(0), "--url", shop.Url);

        Assert.That(backup.ExitCode, Is.EqualTo(1));
        Assert.That(backup.Errors.Trim(), Does.Contain("'second'").And.Not.Contain("\n"));
        Assert.That(Directory.Exists(BackupOf(0)), Is.False);
    }

    private string BackupOf(int number) => Path.Combine(directory, $"backup-{number}");
}
