using System.Text.Json;
using ModularShop.SystemTests.Topologies;

namespace ModularShop.SystemTests.Splitting;

/// <summary><c>split-report</c> with real processes.</summary>
internal sealed class SplitReportCommandTests
{
    private string temporary = "";

    [SetUp]
    public void CreateDirectory() => temporary = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(temporary, recursive: true);

    [Test]
    public async Task A_shop_at_rest_is_said_to_be_so_and_its_totals_are_shown()
    {
        await using var shop = await ShopProcess.Run();
        await BackedUpShop.Succeed("demo", "--url", shop.Url);

        var report = await Json("--url", shop.Url);

        Assert.That(report.GetProperty("isAtRest").GetBoolean());
        Assert.That(report.GetProperty("notes")[0].GetString(), Does.StartWith("No request came and no event was published"));
        var orders = ModuleOf(report, "orders");
        Assert.That(orders.GetProperty("requestsPerSecond").GetDouble(), Is.Zero);
        Assert.That(orders.Number("requestsSinceStart"), Is.EqualTo(8));
        Assert.That(orders.Number("events"), Is.EqualTo(8));
        Assert.That(report.GetProperty("boundaries").GetArrayLength(), Is.EqualTo(5));
        Assert.That(report.GetProperty("cycles").GetArrayLength(), Is.Zero);
        var measured = report.GetProperty("measured");
        Assert.That(measured.GetProperty("hop").Number("processBytes"), Is.GreaterThan(10 << 20));
        Assert.That(measured.GetProperty("hop").GetProperty("cpuMicroseconds").GetDouble(), Is.Positive);
        foreach (var cost in measured.GetProperty("events").EnumerateArray())
        {
            var bytes = cost.GetProperty("bytes").GetDouble();
            Assert.That(cost.GetProperty("compressedBytes").GetDouble(), Is.Positive.And.LessThan(bytes));
            Assert.That(
                cost.GetProperty("microsecondsAlone").GetDouble(),
                Is.GreaterThan(cost.GetProperty("microsecondsLocal").GetDouble())
            );
        }
        Assert.That(
            measured.GetProperty("events").EnumerateArray().Select(cost => cost.Text("source")),
            Is.EquivalentTo(["catalog", "customers", "orders"])
        );
        Assert.That(Directory.EnumerateDirectories(temporary, "modularshop-split-*"), Is.Empty);
    }

    [Test]
    public async Task The_modules_of_a_data_directory_are_reported_too()
    {
        await BackedUpShop.Succeed("demo", "--data", temporary);

        var report = await Json("--data", temporary);

        Assert.That(ModuleOf(report, "catalog").Number("events"), Is.EqualTo(12));
        Assert.That(ModuleOf(report, "catalog").GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task All_processes_are_included_and_who_could_not_be_asked_is_named()
    {
        await using var shop = await SplitShop.Start(seed: 14, Arrangement.OrdersAlone);
        Assert.That(await shop.Crowd.Resume(shop.Http), shop.Errors);
        using var ending = new CancellationTokenSource();
        var working = shop.Crowd.Work(shop.Http, ending.Token);

        await Eventually.True(() => shop.Crowd.Answered > 200); // The first requests take long.
        var busy = await Json("--url", shop.Url);
        await ending.CancelAsync();
        await working;
        await shop.Kill("second");
        var without = await Json("--url", shop.Url);

        var orders = ModuleOf(busy, "orders");
        Assert.That(orders.Text("process"), Is.EqualTo("second"));
        Assert.That(orders.GetProperty("requestsPerSecond").GetDouble(), Is.Positive);
        Assert.That(orders.GetProperty("cpu").GetDouble(), Is.Positive);
        var crossing = busy.GetProperty("boundaries").EnumerateArray().Where(boundary => boundary.Text("source") == "orders").ToList();
        Assert.That(crossing.Select(boundary => boundary.GetProperty("eventsPerSecond").GetDouble()), Is.All.Positive);
        Assert.That(crossing.Select(boundary => boundary.GetProperty("isBetweenProcesses").GetBoolean()), Is.All.True);
        Assert.That(busy.GetProperty("notes")[0].GetString(), Does.Not.StartWith("No request came"));
        Assert.That(without.GetProperty("notes").ToString(), Does.Contain("Not in the figures: Process 'second'"));
        Assert.That(ModuleOf(without, "orders").GetProperty("requestsPerSecond").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(ModuleOf(without, "catalog").GetProperty("requestsPerSecond").ValueKind, Is.EqualTo(JsonValueKind.Number));
    }

    [Test]
    public async Task What_cannot_be_measured_is_said_and_the_rest_is_reported()
    {
        await using var shop = await ShopProcess.Run();

        // Only the process that the command starts reads this setting.
        var text = (await Report("--url", shop.Url, [], [("Kernel__Bus__PollWait", "nonsense")])).Output;

        Assert.That(text, Does.Contain("passing on requests cost was not measured").And.Contain("Kernel:Bus:PollWait"));
        Assert.That(text, Does.Contain("Requests/s").And.Contain("Not attributed").And.Contain("Between processes"));
        Assert.That(text, Does.Contain("orders: takes no processor time along").And.Contain("whose memory was not measured"));
    }

    private async Task<JsonElement> Json(string option, string value) =>
        JsonElement.Parse((await Report(option, value, ["--json"], [])).Output);

    private async Task<CommandResult> Report(string option, string value, string[] more, (string Name, string Value)[] environment)
    {
        // Its directories are created there.
        var all = environment.Append(("TMPDIR", temporary)).ToDictionary(each => each.Item1, each => each.Item2);
        var result = await ShopProcess.Execute(["split-report", option, value, "--seconds", "1", .. more], workingDirectory: null, all);
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        return result;
    }

    private static JsonElement ModuleOf(JsonElement report, string name) =>
        report.GetProperty("modules").EnumerateArray().Single(module => module.Text("name") == name);
}
