using System.Text.RegularExpressions;
using ModularShop.Host;

namespace ModularShop.SystemTests;

/// <summary>An operator who follows the advice of a command exactly loses no data that could be recovered before.</summary>
internal sealed class AdviceTests
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

    [TestCase("orders", true)]
    [TestCase("purchase-history", false)]
    public async Task The_fix_of_a_damaged_file_keeps_it_and_asks_for_a_backup_where_data_is_owned(string module, bool ownsData)
    {
        var file = shop.File(module);
        await using (var damaged = File.OpenWrite(file))
        {
            damaged.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
        }
        var bytes = await File.ReadAllBytesAsync(file);

        foreach (var command in new[] { "doctor", "verify" })
        {
            var checks = await BackedUpShop.FailedChecks(command, "--data", shop.Data);
            var fix = checks.Single(check => check.Name == $"file {module}.db").Fix;
            Assert.That(fix, Does.Not.Contain("delete").IgnoreCase);
            Assert.That(fix, Does.Match($"(?i)move {module}.db, and {module}.db-wal and {module}.db-shm if they are there"));
            Assert.That(Regex.IsMatch(fix, "put a (backup|sound one)"), Is.EqualTo(ownsData), fix);
        }
        foreach (var part in Directory.GetFiles(shop.Data, $"{module}.db*"))
        {
            File.Move(part, Path.Combine(Directory.CreateDirectory(shop.Data + ".away").FullName, Path.GetFileName(part)));
        }
        if (ownsData)
        {
            File.Copy(Path.Combine(shop.Backup, $"{module}.db"), file);
        }

        await BackedUpShop.Succeed("doctor", "--data", shop.Data);
        Assert.That(await shop.Faults(deep: true), Is.Empty);
        Assert.That(Rows(shop.Data, module), Is.EqualTo(Rows(shop.Backup, module)).And.Positive);
        Assert.That(await File.ReadAllBytesAsync(Path.Combine(shop.Data + ".away", $"{module}.db")), Is.EqualTo(bytes));
    }

    [Test]
    public async Task A_missing_file_is_not_begun_anew_by_any_command_but_the_one_that_is_named_for_it()
    {
        File.Move(shop.File("orders"), shop.File("orders") + ".aside");

        var doctor = await BackedUpShop.FailedChecks("doctor", "--data", shop.Data);
        var verify = await BackedUpShop.FailedChecks("verify", "--data", shop.Data);
        Assert.That(File.Exists(shop.File("orders")), Is.False);
        Assert.That(verify.Select(check => check.Finding), Has.Some.StartsWith("There is no file of orders"));
        Assert.That(doctor.Select(check => check.Name), Does.Contain("file orders.db").And.Contain("module orders"));
        Assert.That(
            doctor.Single(check => check.Name == "file orders.db").Fix,
            Does.Contain("a backup of it back").And.Contain("modularshop modules accept orders")
        );

        var accept = await ShopProcess.Execute("modules", "accept", "orders", "--data", shop.Data);
        Assert.That(accept.ExitCode, Is.Zero, accept.Errors);
        Assert.That(File.Exists(shop.File("orders")), Is.True);
        Assert.That(File.Exists(shop.File("orders") + ".aside"), Is.True);

        // The file that was there before is known to its readers.
        File.Move(shop.File("orders") + ".aside", shop.File("orders"), overwrite: true);
        await BackedUpShop.Succeed("doctor", "--data", shop.Data);
        Assert.That(await shop.Faults(deep: false), Is.Empty);
    }

    [Test]
    public void Only_modules_that_own_nothing_say_so() =>
        Assert.That(
            ShopModules.Descriptors.Where(module => !module.OwnsData).Select(module => module.Name),
            Is.EqualTo(new[] { "purchase-history" })
        );

    private static long Rows(string directory, string module) => (long)ModuleFile.Scalar(directory, module, "SELECT count(*) FROM orders")!;
}
