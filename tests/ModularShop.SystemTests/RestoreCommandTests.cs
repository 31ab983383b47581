using System.Runtime.InteropServices;

namespace ModularShop.SystemTests;

internal sealed class RestoreCommandTests
{
    private BackedUpShop shop = null!;

    [SetUp]
    public async Task BackUpShop()
    {
        shop = await BackedUpShop.WithSales();
        await shop.BackUp();
    }

    [TearDown]
    public void DeleteShop() => shop.Dispose();

    [Test]
    public async Task A_directory_that_a_shop_holds_is_refused()
    {
        await using var running = await ShopProcess.Run(shop.Data);

        var restore = await ShopCommand.Execute("restore", shop.Backup, "--data", shop.Data, "--force");

        Assert.That(restore.ExitCode, Is.EqualTo(1));
        Assert.That(restore.Errors.Trim(), Does.Contain($"in use by a running process at {running.Url}").And.Not.Contain("\n"));
        await running.Http.SellOne();
        Assert.That(shop.Remains, Is.Empty);
    }

    [Test]
    public async Task Data_that_is_there_is_refused_or_by_force_moved_aside()
    {
        await File.WriteAllTextAsync(Path.Combine(shop.Data, "mine"), "");

        var refused = await ShopCommand.Execute("restore", shop.Backup, "--data", shop.Data);
        var stillThere = File.Exists(Path.Combine(shop.Data, "mine"));
        var forced = await BackedUpShop.Succeed("restore", shop.Backup, "--data", shop.Data, "--force");

        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors.Trim(), Does.Contain("holds data already").And.Contain("--force").And.Not.Contain("\n"));
        Assert.That(stillThere, Is.True);
        var aside = Directory.GetDirectories(Path.GetDirectoryName(shop.Data)!, "data.before-restore-*").Single();
        Assert.That(forced.Errors, Does.Contain(aside));
        Assert.That(File.Exists(Path.Combine(aside, "mine")), Is.True);
        Assert.That(File.Exists(Path.Combine(shop.Data, "mine")), Is.False);
        Assert.That(await shop.Faults(deep: true), Is.Empty);
    }

    [Test]
    public async Task A_backup_with_a_flipped_byte_is_found_and_not_restored()
    {
        await using (var file = File.Open(Path.Combine(shop.Backup, "orders.db"), FileMode.Open))
        {
            // The change is in a page that the file does not use, so SQLite itself would not report it.
            file.Position = file.Length - 1;
            var last = file.ReadByte();
            file.Position = file.Length - 1;
            file.WriteByte((byte)(last ^ 1));
        }

        var failed = await BackedUpShop.FailedChecks("verify", shop.Backup);
        var restore = await ShopCommand.Execute("restore", shop.Backup, "--data", shop.Restored);

        Assert.That(failed.Select(check => check.Name), Does.Contain("backup orders.db"));
        Assert.That(restore.ExitCode, Is.EqualTo(1));
        Assert.That(restore.Errors.Trim(), Does.Contain("orders.db").And.Contain("nothing was restored").And.Not.Contain("\n"));
        Assert.That(Directory.Exists(shop.Restored), Is.False);
        Assert.That(shop.Remains, Is.Empty);
    }

    [Test]
    public async Task A_restore_that_is_killed_leaves_the_data_as_it_was_and_can_be_repeated()
    {
        await File.WriteAllTextAsync(Path.Combine(shop.Data, "mine"), "");
        var file = Path.Combine(shop.Backup, "orders.db");
        File.Move(file, file + ".aside");
        // A program that opens it waits for a writer, and there is none.
        Assert.That(MakePipe(file, 0b110_000_000), Is.Zero);
        await using (var restore = ShopProcess.Start("restore", shop.Backup, "--data", shop.Data, "--force"))
        {
            await Eventually.True(() => shop.Remains.Any(half => File.Exists(Path.Combine(half, "orders.db"))));
            await restore.Kill();
        }

        Assert.That(File.Exists(Path.Combine(shop.Data, "mine")), Is.True);
        Assert.That(await shop.Faults(deep: false), Is.Empty);
        Assert.That(shop.Remains, Has.Count.EqualTo(1));

        File.Move(file + ".aside", file, overwrite: true);
        await BackedUpShop.Succeed("restore", shop.Backup, "--data", shop.Data, "--force");
        Assert.That(File.Exists(Path.Combine(shop.Data, "mine")), Is.False);
        Assert.That(await shop.Faults(deep: false), Is.Empty);
    }

    [Test]
    public async Task What_is_no_backup_is_refused()
    {
        var missing = await ShopCommand.Execute("restore", shop.Restored, "--data", shop.Restored);
        var noBackup = await ShopCommand.Execute("restore", shop.Data, "--data", shop.Restored);

        Assert.That(missing.ExitCode, Is.EqualTo(3));
        Assert.That(noBackup.ExitCode, Is.EqualTo(1));
        Assert.That(noBackup.Errors, Does.Contain("it has no manifest.json"));
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
