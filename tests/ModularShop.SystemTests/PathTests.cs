using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ModularShop.Host.CommandLine;
using ModularShop.Import.Tests;
using ModularShop.Kernel.Backups;

namespace ModularShop.SystemTests;

/// <summary>Where commands write when a path is a link, is relative, or is another name of a file that must be kept.</summary>
internal sealed class PathTests
{
    private BackedUpShop shop = null!;
    private string directory = null!;

    [SetUp]
    public async Task BackUpShop()
    {
        shop = await BackedUpShop.WithSales();
        await shop.BackUp();
        directory = Path.Combine(Path.GetDirectoryName(shop.Data)!, "here");
        Directory.CreateDirectory(directory);
    }

    [TearDown]
    public void DeleteShop() => shop.Dispose();

    [TestCase("link")]
    [TestCase("link/")]
    [TestCase("first")]
    [TestCase("far/down/../link")]
    public async Task A_restore_goes_where_links_lead_and_leaves_them_as_they_are(string path)
    {
        var disk = Directory.CreateDirectory(Path.Combine(directory, "far", "real dürectory")).FullName;
        Directory.CreateDirectory(Path.Combine(directory, "far", "elsewhere"));
        Link("link", "far/real dürectory");
        Link("first", "second");
        Link("second", "link");
        // `down/..` is the parent of the directory that the link leads to.
        Link("far/down", "../far/elsewhere");
        Link("far/link", "../far/real dürectory");

        var restore = await Execute("restore", shop.Backup, "--data", path);

        Assert.That(restore.ExitCode, Is.Zero, restore.Errors);
        Assert.That(File.Exists(Path.Combine(disk, "orders.db")), Is.True);
        Assert.That(
            Directory.GetFileSystemEntries(directory).Select(Path.GetFileName),
            Is.EquivalentTo(["far", "link", "first", "second"])
        );
        Assert.That(new DirectoryInfo(Path.Combine(directory, "link")).LinkTarget, Is.EqualTo("far/real dürectory"));
    }

    [Test]
    public async Task A_restore_to_a_link_that_leads_nowhere_yet_creates_what_it_leads_to()
    {
        Link("link", "far/new");

        var restore = await Execute("restore", shop.Backup, "--data", "link");

        Assert.That(restore.ExitCode, Is.Zero, restore.Errors);
        Assert.That(File.Exists(Path.Combine(directory, "far", "new", "orders.db")), Is.True);
        Assert.That(new DirectoryInfo(Path.Combine(directory, "link")).LinkTarget, Is.EqualTo("far/new"));
    }

    [Test]
    public async Task A_link_that_leads_to_itself_is_said_in_one_line()
    {
        Link("one", "two");
        Link("two", "one");

        foreach (
            var command in (string[][])
                [
                    ["restore", shop.Backup, "--data", "one"],
                    ["demo", "--data", "one/data"],
                    ["verify", "one"],
                ]
        )
        {
            var refused = await Execute(command);

            Assert.That(refused.ExitCode, Is.EqualTo(1).Or.EqualTo(3), refused.Errors);
            Assert.That(refused.Errors.Trim(), Does.Contain("one").And.Not.Contain("\n"));
        }
    }

    [Test]
    public async Task A_shop_runs_on_the_directory_that_a_link_will_lead_to()
    {
        Link("link", "far/new");

        var demo = await Execute("demo", "--data", "link/");

        Assert.That(demo.ExitCode, Is.Zero, demo.Errors);
        Assert.That(File.Exists(Path.Combine(directory, "far", "new", "orders.db")), Is.True);
    }

    [Test]
    public async Task A_backup_and_an_export_go_where_relative_links_lead()
    {
        Directory.CreateDirectory(Path.Combine(directory, "far"));
        await File.WriteAllTextAsync(Path.Combine(directory, "far", "old.csv"), "old");
        Link("backup", "far/backup");
        Link("out.csv", "far/old.csv");
        Link("new.csv", "far/new.csv");

        var backup = await Execute("backup", "backup/", "--data", shop.Data);
        var replaced = await Export("out.csv");
        var created = await Export("new.csv");

        Assert.That((backup.ExitCode, replaced.ExitCode, created.ExitCode), Is.EqualTo((0, 0, 0)), backup.Errors + replaced.Errors);
        Assert.That(File.Exists(Path.Combine(directory, "far", "backup", "manifest.json")), Is.True);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(directory, "far", "old.csv")), Does.StartWith("customer,"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(directory, "far", "new.csv")), Does.StartWith("customer,"));
        Assert.That(new FileInfo(Path.Combine(directory, "out.csv")).LinkTarget, Is.EqualTo("far/old.csv"));
    }

    [TestCase("../data/orders.db")]
    [TestCase("../data/new.db-wal")]
    [TestCase("../data/owner.lock")]
    [TestCase("../data/hash.key")]
    [TestCase("../data/orders.epoch")]
    [TestCase("../backup/orders.epoch")]
    [TestCase("soft")]
    [TestCase("chain")]
    [TestCase("hard")]
    [TestCase("inside/../orders.db")]
    [TestCase("../backup/manifest.json")]
    [TestCase("../backup/orders.db")]
    [TestCase("fifo")]
    [TestCase("far")]
    [TestCase("soft/")]
    [TestCase("missing/")]
    public async Task An_output_over_what_a_shop_or_a_backup_lives_from_is_refused_before_anything_is_written(string path)
    {
        Directory.CreateDirectory(Path.Combine(directory, "far"));
        Directory.CreateDirectory(Path.Combine(shop.Data, "sub"));
        await File.WriteAllTextAsync(Path.Combine(shop.Data, "owner.lock"), "");
        Link("soft", "../data/orders.db");
        Link("chain", "soft");
        Link("inside", "../data/sub");
        Assert.That(HardLink(shop.File("orders"), Path.Combine(directory, "hard")), Is.Zero);
        Assert.That(MakeFifo(Path.Combine(directory, "fifo"), 0b110_000_000), Is.Zero);
        var before = Contents();

        var refused = Assert.Throws<CommandFailedException>(() => OutputFile.Create(Path.Combine(directory, path), shop.Data).Dispose());

        Assert.That(refused!.Message, Does.StartWith($"Cannot write {Path.Combine(directory, path)}").And.Not.Contain("\n"));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    [Test]
    public async Task An_export_and_an_import_refuse_to_write_over_files_of_modules()
    {
        Link("soft", "../data/orders.db");
        var before = Contents();

        var export = await Export("soft");
        using var sales = MadeUpFile.Of(MadeUpFile.Line());
        var import = await Execute("import", "online-retail", sales.Path, "--rejects", "soft", "--data", shop.Data);

        foreach (var refused in (CommandResult[])[export, import])
        {
            Assert.That(refused.ExitCode, Is.EqualTo(1));
            Assert.That(refused.Errors.Trim(), Does.Contain("Cannot write soft").And.Not.Contain("\n"));
        }
        Assert.That(Contents(), Is.EqualTo(before));
    }

    [TestCase("far/../sales.csv")]
    [TestCase("soft")]
    [TestCase("hard")]
    public async Task Rejects_do_not_go_over_the_file_that_is_imported(string rejects)
    {
        Directory.CreateDirectory(Path.Combine(directory, "far"));
        await File.WriteAllBytesAsync(Path.Combine(directory, "sales.csv"), MadeUpFile.Bytes(MadeUpFile.Line()));
        Link("soft", "sales.csv");
        Assert.That(HardLink(Path.Combine(directory, "sales.csv"), Path.Combine(directory, "hard")), Is.Zero);

        var refused = await Execute("import", "online-retail", "sales.csv", "--rejects", rejects, "--data", shop.Data);

        Assert.That(refused.ExitCode, Is.EqualTo(2), refused.Errors);
        Assert.That(refused.Errors, Does.Contain("--rejects would overwrite the file to import."));
    }

    [TestCase("../data/backup")]
    [TestCase("link/new/backup")]
    [TestCase("link")]
    [TestCase("..")]
    public async Task A_backup_does_not_go_into_the_data_or_around_it(string path)
    {
        Link("link", "../data");
        var before = Contents();

        await Assert.ThrowsAsync<BackupException>(() =>
            Backup.Take(shop.Data, Path.Combine(directory, path), TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None)
        );

        Assert.That(Contents(), Is.EqualTo(before));
    }

    [TestCase("../backup")]
    [TestCase("link")]
    [TestCase("..")]
    [TestCase("link/sub")]
    public async Task A_backup_is_not_restored_into_itself_or_over_where_it_lies(string target)
    {
        Link("link", "../backup");
        var (before, place) = (Contents(), Path.Combine(directory, target));

        var refused = await Assert.ThrowsAsync<BackupException>(() =>
            Restoration.Run(shop.Backup, place, force: true, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None)
        );

        Assert.That(refused!.Message, Does.Contain("lie in each other"));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    private Task<CommandResult> Export(string path) =>
        Execute("export", "purchase-history", "--format", "csv", "-o", path, "--data", shop.Data);

    private Task<CommandResult> Execute(params string[] arguments) => ShopProcess.Execute(arguments, workingDirectory: directory);

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(directory, name), target);

    // Each file with its content. Lock files are left out, as commands that only read write them too.
    private string[] Contents() =>
        [
            .. Directory
                .GetFiles(Path.GetDirectoryName(shop.Data)!, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith("fifo", StringComparison.Ordinal) && Path.GetFileName(file) is not "owner.lock")
                .Order(StringComparer.Ordinal)
                .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
        ];

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int HardLink(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string another
    );

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
