using System.Text.Json;
using ModularShop.Host;
using ModularShop.Kernel.Backups;

namespace ModularShop.SystemTests;

/// <summary>The files of a small shop, and a directory for backups. Deleted at the end of the test.</summary>
internal sealed class BackedUpShop : IDisposable
{
    private readonly string root = TestApplication.NewDirectory();

    public string Data => Path.Combine(root, "data");

    public string Backup => Path.Combine(root, "backup");

    public string Restored => Path.Combine(root, "restored");

    /// <summary>The files that an unfinished backup or restore left behind.</summary>
    public IReadOnlyList<string> Remains => Directory.GetDirectories(root, ".*");

    public string File(string module) => ModuleFile.Of(Data, module);

    /// <summary>A shop that has sold a little and is stopped.</summary>
    public static async Task<BackedUpShop> WithSales()
    {
        var shop = new BackedUpShop();
        Directory.CreateDirectory(shop.Data, (UnixFileMode)0b111_000_000);
        foreach (var file in Directory.GetFiles(await SmallShop.Directory, "*.db"))
        {
            System.IO.File.Copy(file, Path.Combine(shop.Data, Path.GetFileName(file)));
        }
        return shop;
    }

    /// <summary>Backs up the files, which no shop holds, in this process.</summary>
    public Task BackUp() => Kernel.Backups.Backup.Take(Data, Backup, TimeProvider.System, _ => Task.CompletedTask, CancellationToken.None);

    /// <summary>What the verification of the files finds, in this process.</summary>
    public async Task<IReadOnlyList<Finding>> Faults(bool deep)
    {
        var verification = new Verification(ShopModules.All, deep ? Shop.Configuration() : null, _ => Task.CompletedTask);
        var findings = await verification.OfData(Data, CancellationToken.None);
        return [.. findings.Where(finding => finding.Level == FindingLevel.Failed)];
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task<CommandResult> Succeed(params string[] arguments)
    {
        var result = await ShopCommand.Execute(arguments);
        Assert.That(result.ExitCode, Is.Zero, $"{string.Join(' ', arguments)}\n{result.Output}\n{result.Errors}");
        return result;
    }

    /// <summary>Runs a check that must fail; returns each failure with its finding and fix.</summary>
    public static async Task<IReadOnlyList<FailedCheck>> FailedChecks(params string[] arguments)
    {
        var result = await ShopCommand.Execute([.. arguments, "--json"]);
        Assert.That(result.ExitCode, Is.EqualTo(4), $"{string.Join(' ', arguments)}\n{result.Output}\n{result.Errors}");
        using var checks = JsonDocument.Parse(result.Output);
        return
        [
            .. checks
                .RootElement.EnumerateArray()
                .Where(check => check.GetProperty("result").GetString() == "failed")
                .Select(check => new FailedCheck(
                    check.GetProperty("name").GetString()!,
                    check.GetProperty("finding").GetString()!,
                    check.GetProperty("fix").GetString()!
                )),
        ];
    }

    /// <summary>Changes a file that no shop holds, as an accident or an intruder could.</summary>
    public void Tamper(string module, string sql) => ModuleFile.Execute(Data, module, sql);

    public void Dispose() => Directory.Delete(root, recursive: true);
}

internal sealed record FailedCheck(string Name, string Finding, string Fix);

/// <summary>The demo data, created once and copied by all tests.</summary>
[SetUpFixture]
internal sealed class SmallShop
{
    private static readonly Lazy<Task<string>> Made = new(Make);

    public static Task<string> Directory => Made.Value;

    [OneTimeTearDown]
    public async Task Delete()
    {
        if (Made.IsValueCreated)
        {
            System.IO.Directory.Delete(await Made.Value, recursive: true);
        }
    }

    private static async Task<string> Make()
    {
        var directory = TestApplication.NewDirectory();
        await BackedUpShop.Succeed("demo", "--data", directory);
        return directory;
    }
}
