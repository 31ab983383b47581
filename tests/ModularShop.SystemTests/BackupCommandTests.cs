using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace ModularShop.SystemTests;

internal sealed class BackupCommandTests
{
    private const int Clients = 4;

    private BackedUpShop shop = null!;

    [SetUp]
    public async Task OpenShop() => shop = await BackedUpShop.WithSales();

    [TearDown]
    public void DeleteShop() => shop.Dispose();

    [Test]
    public async Task A_backup_under_load_is_a_consistent_set_with_every_order_that_was_acknowledged_before_it()
    {
        var acknowledged = new ConcurrentQueue<Guid>();
        Guid[] before;
        await using (var running = await ShopProcess.Run(shop.Data))
        {
            var product = (await running.Http.AddProduct()).Expect(HttpStatusCode.Created).Id;
            using var enough = new CancellationTokenSource();
            var clients = Enumerable.Range(1, Clients).Select(_ => PlaceOrders(running.Http, product, acknowledged, enough.Token)).ToList();
            await Eventually.True(() => acknowledged.Count > 40);
            before = [.. acknowledged];

            await BackedUpShop.Succeed("backup", shop.Backup, "--url", running.Url);

            var during = acknowledged.Count;
            await Eventually.True(() => acknowledged.Count > during + Clients);
            await enough.CancelAsync();
            await Task.WhenAll(clients);
        }

        await BackedUpShop.Succeed("verify", shop.Backup, "--deep");
        await BackedUpShop.Succeed("restore", shop.Backup, "--data", shop.Restored);
        await using (var restored = await ShopCommand.Host(shop.Restored))
        {
            foreach (var order in before)
            {
                (await restored.Http.Get($"/orders/v1/orders/{order}")).Expect(HttpStatusCode.OK);
            }
            await BackedUpShop.Succeed("doctor", "--url", restored.Url);
        }
    }

    [Test]
    public async Task A_backup_is_its_owners_only_and_says_what_is_in_it()
    {
        await shop.BackUp();

        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(shop.Backup, "manifest.json")));
        var orders = manifest
            .RootElement.GetProperty("files")
            .EnumerateArray()
            .Single(f => f.GetProperty("name").GetString() == "orders.db");
        Assert.That(Convert.ToString((int)File.GetUnixFileMode(shop.Backup), toBase: 8), Is.EqualTo("700"));
        Assert.That(
            Directory.GetFiles(shop.Backup).Select(file => Convert.ToString((int)File.GetUnixFileMode(file), toBase: 8)),
            Is.EqualTo(Enumerable.Repeat("600", 5))
        );
        Assert.That(orders.GetProperty("lastPosition").GetInt64(), Is.Positive);
        Assert.That(
            orders.GetProperty("checkpoints").EnumerateArray().Select(c => c.GetProperty("source").GetString()),
            Is.EqualTo(new[] { "catalog", "customers" })
        );
    }

    [Test]
    public async Task A_directory_that_is_not_empty_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(shop.Backup);
        await File.WriteAllTextAsync(Path.Combine(shop.Backup, "precious"), "");

        var stopped = await ShopCommand.Execute("backup", shop.Backup, "--data", shop.Data);
        await using var running = await ShopCommand.Host(shop.Data);
        var ofRunning = await ShopCommand.Execute("backup", shop.Backup, "--url", running.Url);

        foreach (var refused in new[] { stopped, ofRunning })
        {
            Assert.That(refused.ExitCode, Is.EqualTo(1));
            Assert.That(
                refused.Errors.Trim(),
                Does.EndWith("is not empty; a backup goes into a directory of its own.").And.Not.Contain("\n")
            );
        }
        Assert.That(Directory.GetFileSystemEntries(shop.Backup).Select(Path.GetFileName), Is.EqualTo(new[] { "precious" }));
    }

    [Test]
    public async Task A_backup_that_is_killed_leaves_nothing_that_looks_complete()
    {
        MakeLarge();
        await using (var backup = ShopProcess.Start("backup", shop.Backup, "--data", shop.Data))
        {
            await Eventually.True(() => shop.Remains.Count > 0);
            await backup.Kill();
        }

        Assert.That(Directory.Exists(shop.Backup), Is.False);
        Assert.That(shop.Remains, Has.Count.EqualTo(1));
        var restore = await ShopCommand.Execute("restore", shop.Remains[0], "--data", shop.Restored);
        Assert.That(restore.ExitCode, Is.EqualTo(1));
        Assert.That(restore.Errors, Does.Contain("is no complete backup"));
        Assert.That(Directory.Exists(shop.Restored), Is.False);

        await shop.BackUp();
        await BackedUpShop.Succeed("verify", shop.Backup);
    }

    [Test]
    public async Task A_running_shop_drops_the_backup_that_nobody_waits_for_any_more()
    {
        MakeLarge();
        await using var running = await ShopCommand.Host(shop.Data);
        await using (var backup = ShopProcess.Start("backup", shop.Backup, "--url", running.Url))
        {
            await Eventually.True(() => shop.Remains.Count > 0);
            await backup.Kill();
        }

        await Eventually.True(() => shop.Remains.Count == 0);
        Assert.That(Directory.Exists(shop.Backup), Is.False);
        await running.Http.SellOne();
    }

    [Test]
    public async Task A_backup_with_a_gap_says_so_and_so_do_its_verification_and_its_restore()
    {
        await using (var file = File.OpenWrite(shop.File("catalog")))
        {
            file.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
        }

        var backup = await ShopCommand.Execute("backup", shop.Backup, "--data", shop.Data);
        var verified = await BackedUpShop.FailedChecks("verify", shop.Backup);
        var refused = await ShopCommand.Execute("restore", shop.Backup, "--data", shop.Restored);
        var restored = await ShopCommand.Execute("restore", shop.Backup, "--data", shop.Restored, "--incomplete");

        Assert.That(backup.ExitCode, Is.EqualTo(4));
        Assert.That(backup.Errors, Does.Contain("The backup is incomplete, as it has no catalog.db: "));
        Assert.That(verified[0].Name, Is.EqualTo("backup catalog.db"));
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors.Trim(), Does.Contain("it has no catalog.db.").And.Contain("--incomplete").And.Not.Contain("\n"));
        Assert.That(restored.ExitCode, Is.Zero);
        Assert.That(restored.Errors, Does.Contain("put the catalog.db of another backup there"));
        Assert.That(new FileInfo(Path.Combine(shop.Restored, "catalog.db")).Length, Is.Zero);
    }

    // Large enough that the kill happens during the copying.
    private void MakeLarge() =>
        shop.Tamper(
            "customers",
            "CREATE TABLE ballast AS WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT randomblob(1000000) FROM n"
        );

    private static async Task PlaceOrders(TestClient http, Guid product, ConcurrentQueue<Guid> acknowledged, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            acknowledged.Enqueue(await http.OrderWhenKnown(product));
        }
    }
}
