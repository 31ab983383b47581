using System.Net;
using System.Text.Json;

namespace ModularShop.SystemTests;

/// <summary><c>compare sync-async</c> with its real processes, and the module of the workshop that it measures.</summary>
internal sealed class CompareCommandTests
{
    private static readonly string[] Situations =
    [
        "all up",
        "catalog down",
        "orders down",
        "orders 200 ms slower",
        "orders fails 10 %",
        "catalog fails 10 %",
    ];

    private static readonly string[] Modules = ["purchase-history", "purchase-history-sync"];

    private string temporary = "";

    // The command puts its directory there.
    private Dictionary<string, string> Environment => new() { ["TMPDIR"] = temporary };

    [SetUp]
    public void CreateDirectory() => temporary = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(temporary, recursive: true);

    [Test]
    public async Task The_comparison_measures_both_modules_in_all_situations_and_leaves_nothing()
    {
        var result = await ShopProcess.Execute(["compare", "sync-async", "--seconds", "1", "--json"], null, Environment);

        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        var rows = JsonElement.Parse(result.Output).EnumerateArray().ToDictionary(row => (row.Text("situation"), row.Text("module")));
        Assert.That(rows.Keys, Is.EquivalentTo(Situations.SelectMany(situation => Modules.Select(module => (situation, module)))));
        foreach (var row in rows.Values)
        {
            Assert.That(row.Number("questions"), Is.EqualTo(40), row.ToString());
            Assert.That(row.Number("full") + row.Number("partial") + row.Number("failed"), Is.EqualTo(40), row.ToString());
            Assert.That(row.GetProperty("p50Milliseconds").GetDouble(), Is.Positive, row.ToString());
        }
        // What does not depend on the speed of the machine.
        Assert.That(Situations.Select(situation => rows[(situation, Modules[0])].Number("full")), Is.All.EqualTo(40));
        Assert.That(rows[("catalog down", Modules[1])].Number("partial"), Is.Positive);
        Assert.That(rows[("orders down", Modules[1])].Number("failed"), Is.EqualTo(40));
        Assert.That(rows[("orders 200 ms slower", Modules[1])].GetProperty("p50Milliseconds").GetDouble(), Is.GreaterThan(200));
        Assert.That(rows[("all up", Modules[1])].GetProperty("requestsPerQuestion").GetDouble(), Is.GreaterThan(3));
        Assert.That(rows[("orders down", Modules[0])].GetProperty("ageP50Milliseconds").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(rows[("all up", Modules[0])].Number("copiedBytes"), Is.Positive);
        Assert.That(rows[("all up", Modules[1])].Number("copiedBytes"), Is.Zero);
        ExpectNothingLeft();
    }

    [Test]
    public async Task A_comparison_that_is_interrupted_ends_its_processes_and_deletes_its_directory()
    {
        await using var command = ShopProcess.Start(["compare", "sync-async"], null, Environment);
        await Eventually.True(() => command.Errors.Contains("1 of 6", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        Assert.That(ProcessesThatName(temporary), Has.Count.EqualTo(5));

        var exitCode = await command.Terminate();

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(command.Errors, Does.EndWith("modularshop: Interrupted.\n").Or.EndWith("modularshop: Interrupted."));
        ExpectNothingLeft();
    }

    [Test]
    public async Task A_comparison_that_cannot_start_its_processes_says_why_in_one_line()
    {
        // The processes read this setting; the command itself does not.
        var environment = Environment.Append(new("Kernel__Bus__PollWait", "nonsense")).ToDictionary();

        var result = await ShopProcess.Execute(["compare", "sync-async"], null, environment);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(
            result.Errors.TrimEnd().Split('\n')[^1],
            Does.StartWith("modularshop: The process of ").And.Contains("Kernel:Bus:PollWait")
        );
        ExpectNothingLeft();
    }

    [Test]
    public async Task The_module_of_the_workshop_runs_only_when_asked_for()
    {
        await using var shop = await ShopProcess.Run();
        await using var workshop = await ShopProcess.Run(directory: null, "--workshop");
        const string Path = "/purchase-history-sync/v1/customers/019ac3b0-0000-7000-8000-000000000000/products";

        (await shop.Http.Get(Path)).ExpectProblem(HttpStatusCode.NotFound);
        Assert.That((await shop.Http.Get(Path)).Text, Does.Not.Contain("customer"), "There is no such module.");
        // The first requests of a process may take longer than the module waits for them.
        await Eventually.Get(
            () => workshop.Http.Get(Path),
            answer => answer.Text.Contains("There is no customer", StringComparison.Ordinal)
        );
        Assert.That((await ShopProcess.Execute("modules", "list")).Output, Does.Not.Contain("purchase-history-sync"));
        Assert.That((await ShopProcess.Execute("modules", "list", "--url", shop.Url)).Output, Does.Not.Contain("purchase-history-sync"));
        Assert.That((await ShopProcess.Execute("modules", "list", "--url", workshop.Url)).Output, Does.Contain("purchase-history-sync"));
    }

    private void ExpectNothingLeft()
    {
        Assert.That(Directory.EnumerateDirectories(temporary, "modularshop-compare-*"), Is.Empty);
        Assert.That(ProcessesThatName(temporary), Is.Empty);
    }

    // The processes of a comparison name its directory in their arguments.
    private static List<string> ProcessesThatName(string directory) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(process => CommandLineOf(process).Contains($"{directory}/", StringComparison.Ordinal)),
        ];

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // No process, or it has ended.
        }
    }
}
