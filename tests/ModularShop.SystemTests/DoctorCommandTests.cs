using System.Text.Json;
using Microsoft.Data.Sqlite;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;
using ModularShop.Kernel.Storage;
using ModularShop.SystemTests.Faults;

namespace ModularShop.SystemTests;

internal sealed class DoctorCommandTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_sound_shop_gives_0_running_or_not()
    {
        await using (var shop = await ShopProcess.Run(directory))
        {
            var running = await ShopCommand.Execute("doctor", "--url", shop.Url, "--json");

            Assert.That(Failed(running), Is.Empty);
            Assert.That(running.ExitCode, Is.Zero);
            await shop.Terminate();
        }
        var hosted = await ShopCommand.Execute("doctor", "--data", directory);

        Assert.That(hosted.ExitCode, Is.Zero, hosted.Output);
        Assert.That(hosted.Errors.Trim(), Is.EqualTo("All is well."));
    }

    [Test]
    public async Task A_corrupted_file_gives_4_and_is_named_with_the_fix()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "catalog.db"), new string('x', 4096));
        File.SetUnixFileMode(Path.Combine(directory, "catalog.db"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var doctor = await ShopCommand.Execute("doctor", "--data", directory, "--json");

        Assert.That(Failed(doctor), Is.EquivalentTo(new[] { "file catalog.db", "module catalog" }));
        Assert.That(doctor.Output, Does.Contain("backup of catalog.db"));
        Assert.That(doctor.ExitCode, Is.EqualTo(4));
        Assert.That(doctor.Errors, Does.Not.Contain("   at "));
    }

    [Test]
    public async Task A_file_that_others_can_read_gives_4()
    {
        await using var shop = await ShopCommand.Host(directory);
        File.SetUnixFileMode(Path.Combine(directory, "catalog.db"), (UnixFileMode)0b110_100_100);

        var doctor = await ShopCommand.Execute("doctor", "--url", shop.Url, "--json");

        Assert.That(Failed(doctor), Is.EqualTo(new[] { "file catalog.db is private" }));
        Assert.That(doctor.Output, Does.Contain("chmod 600"));
        Assert.That(doctor.ExitCode, Is.EqualTo(4));
    }

    [Test]
    public async Task Dead_letters_give_4()
    {
        await using var news = await News.Start();
        news.Reading.Refused = "rain";
        await news.Publish(new HeadlinePublished("rain", 1));

        var doctor = await ShopCommand.Execute("doctor", "--url", news.Url, "--json");

        Assert.That(Failed(doctor), Is.EqualTo(new[] { "dead letters reader <- news" }));
        Assert.That(doctor.ExitCode, Is.EqualTo(4));
    }

    [Test]
    public async Task A_write_ahead_log_far_above_its_limit_is_warned_of_until_the_reader_that_needs_it_ends()
    {
        var environment = new Dictionary<string, string> { ["Kernel__Writer__WalLimit"] = "50000" };
        await using var reader = new SqliteConnection($"Data Source={Path.Combine(directory, "catalog.db")};Pooling=False");
        await using (var shop = await ShopProcess.RunBy([], directory, [], environment))
        {
            reader.Open();
            await using var open = reader.BeginTransaction(deferred: true);
            using var look = reader.CreateCommand();
            look.CommandText = "SELECT count(*) FROM products";
            look.ExecuteScalar();
            for (var n = 0; n < 10; n++)
            {
                await shop.Http.AddProduct($"{n}");
            }

            var running = await ShopCommand.Execute("doctor", "--url", shop.Url, "--json");
            await shop.Terminate();
            var stopped = await ShopProcess.Execute(["doctor", "--data", directory, "--json"], workingDirectory: null, environment);

            foreach (var doctor in (CommandResult[])[running, stopped])
            {
                var warning = Warned(doctor).Single();
                Assert.That(warning.GetProperty("name").GetString(), Is.EqualTo("WAL of catalog.db"));
                Assert.That(warning.GetProperty("finding").GetString(), Does.Contain("far above").And.Contain("a reader stays open"));
                Assert.That(warning.GetProperty("fix").GetString(), Does.Contain("fuser").And.Contain("Never delete catalog.db-wal"));
                Assert.That(doctor.ExitCode, Is.Zero);
            }
        }
        await reader.CloseAsync();

        var healed = await ShopProcess.Execute(["doctor", "--data", directory, "--json"], workingDirectory: null, environment);

        Assert.That(Warned(healed), Is.Empty);
    }

    [Test]
    public async Task A_directory_that_is_not_there_gives_4_and_is_not_created()
    {
        var missing = Path.Combine(directory, "missing");

        var doctor = await ShopCommand.Execute("doctor", "--data", missing);

        Assert.That(doctor.ExitCode, Is.EqualTo(4));
        Assert.That(doctor.Output, Does.Contain("does not exist"));
        Assert.That(Directory.Exists(missing), Is.False);
    }

    [Test]
    public async Task A_shop_that_cannot_be_hosted_to_look_at_it_gives_4()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "catalog.db"), new string('x', 4096));
        Directory.CreateDirectory(Path.Combine(directory, "owner.lock"));

        var doctor = await ShopCommand.Execute("doctor", "--data", directory, "--json");

        Assert.That(Failed(doctor), Is.EqualTo(new[] { "modules" }));
        Assert.That(doctor.Output, Does.Contain("could not be looked at").And.Contain("owner.lock"));
        Assert.That(doctor.ExitCode, Is.EqualTo(4));
    }

    [TestCase(SubscriptionState.Stopped, null)]
    [TestCase(SubscriptionState.Running, "disk I/O error")]
    public void A_subscription_that_nothing_is_known_of_is_not_called_well(SubscriptionState state, string? error)
    {
        var unknown = new SubscriptionView(
            "orders",
            "catalog",
            state,
            Position: 1,
            Lag: 0,
            DeadLetters: 0,
            Parked: 0,
            FillsUntil: null,
            error
        );

        var checks = ModuleChecks.OfSubscription(unknown, [], isHosted: false);

        Assert.That(checks.Single().Result, Is.EqualTo(CheckResult.Failed));
    }

    [Test]
    public async Task An_emptied_file_is_damaged_and_the_log_beside_it_is_left_alone()
    {
        await File.WriteAllBytesAsync(Path.Combine(directory, "orders.db"), []);
        await File.WriteAllTextAsync(Path.Combine(directory, "orders.db-wal"), "committed");

        var check = FileChecks.OfModule(directory, Quarantined("orders", cure: null), isHosted: false).First();

        Assert.That((check.Result, check.Finding), Is.EqualTo((CheckResult.Failed, "It is empty.")));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(directory, "orders.db-wal")), Is.EqualTo("committed"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_log_of_a_file_that_is_gone_is_moved_away_before_a_backup_takes_the_place(bool ownsData)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "orders.db-wal"), "committed");

        var check = FileChecks
            .OfModule(directory, Quarantined("orders", StorageFault.WalAlone.Cure) with { OwnsData = ownsData }, isHosted: false)
            .Single();

        Assert.That(check.Fix, Does.StartWith(StorageFault.WalAlone.Cure).And.Not.Contain("modules accept"));
    }

    [Test]
    public void The_cure_of_a_file_that_is_gone_is_the_one_that_the_module_gives()
    {
        var module = Quarantined("orders", "Put orders.rescued-1.db in the file's place, then restart the module.");

        var check = FileChecks.OfModule(directory, module, isHosted: false).Single();

        Assert.That(check.Fix, Does.StartWith(module.Cure!));
        Assert.That(check.Fix, Does.Contain("modularshop modules restart orders --url URL"));
        Assert.That(FileChecks.OfModule(directory, module, isHosted: true).Single().Fix, Does.Contain("The shop is stopped: start it."));
    }

    [TestCase("hash.key")]
    [TestCase("orders.epoch")]
    public async Task A_small_file_that_others_can_read_is_found(string name)
    {
        var file = Path.Combine(directory, name);
        await File.WriteAllTextAsync(file, "");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);

        var check = FileChecks.OfDirectory(directory).Single(check => check.Name == $"file {name} is private");

        Assert.That((check.Result, check.Fix), Is.EqualTo((CheckResult.Failed, $"chmod 600 {file}")));
    }

    [Test]
    public async Task A_directory_that_may_not_be_looked_into_is_not_said_to_be_missing()
    {
        var hidden = Directory.CreateDirectory(Path.Combine(directory, "private", "data")).FullName;
        await using var shop = await ShopProcess.Run(hidden);
        File.SetUnixFileMode(Path.Combine(directory, "private"), UnixFileMode.None);

        foreach (
            var where in (string[][])
                [
                    ["--url", shop.Url],
                    ["--data", hidden],
                ]
        )
        {
            await using var doctor = ShopProcess.Start(["doctor", .. where], workingDirectory: null, launcher: Faulty.AsOrdinaryUser);

            Assert.That(await doctor.Exited(), Is.EqualTo(4));
            Assert.That(
                doctor.Output,
                Does.Contain("cannot be looked at").And.Contain("as the user of the shop").And.Not.Contain("not exist")
            );
        }
    }

    private static ModuleView Quarantined(string name, string? cure) =>
        new(
            name,
            Description: "",
            State: ModuleState.Quarantined,
            Reason: "It is ill.",
            cure,
            File: $"{name}.db",
            Rebuildable: false,
            ReadCopies: [],
            Publishes: [],
            ListensTo: [],
            Events: null,
            Notices: [],
            FileBytes: 0,
            WalBytes: 0,
            WalLimit: 1,
            WalHoldsErased: false
        );

    private static List<JsonElement> Warned(CommandResult doctor)
    {
        using var checks = JsonDocument.Parse(doctor.Output);
        return [.. checks.RootElement.Clone().EnumerateArray().Where(check => check.GetProperty("result").GetString() == "warning")];
    }

    private static string?[] Failed(CommandResult doctor)
    {
        using var checks = JsonDocument.Parse(doctor.Output);
        return
        [
            .. checks
                .RootElement.EnumerateArray()
                .Where(check => check.GetProperty("result").GetString() == "failed")
                .Select(check => check.GetProperty("name").GetString()),
        ];
    }
}
