using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

internal sealed class QuarantineTests
{
    private readonly FixtureModule ledger = new("ledger");
    private readonly FixtureModule other = new("other");
    private const string Ledger = "/ledger/v1/entries";

    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_corrupt_file_quarantines_its_module_until_it_is_replaced()
    {
        await using (await TestApplication.Start([ledger], directory))
        {
            await ledger.Send(new AddEntry.Command("tea"));
        }
        var file = ModuleFile.Of(directory, "ledger");
        File.Copy(file, file + ".aside");
        ModuleFile.OverwriteFirstPage(directory, "ledger");
        await using var app = await TestApplication.Start([ledger, other], directory);
        await AssertQuarantined(app, "file is not a database");

        File.Move(file + ".aside", file, overwrite: true);

        await AssertRevives(app);
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
    }

    [Test]
    public async Task A_migration_that_fails_quarantines_its_module_until_its_cause_is_gone()
    {
        await using (await TestApplication.Start([new StandInModule("ledger")], directory))
        {
            // The file exists, without the fixture's tables.
        }
        ModuleFile.Execute(directory, "ledger", "CREATE TABLE entries (in_the_way INTEGER)");
        await using var app = await TestApplication.Start([ledger, other], directory);
        await AssertQuarantined(app, "table entries already exists");

        ModuleFile.Execute(directory, "ledger", "DROP TABLE entries");

        await AssertRevives(app);
    }

    [Test]
    public async Task A_migration_lock_that_a_killed_process_left_behind_is_no_obstacle()
    {
        await using (await TestApplication.Start([ledger], directory))
        {
            // The file exists.
        }
        ModuleFile.Execute(
            directory,
            "ledger",
            """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00')
            """
        );

        await using var app = await TestApplication.Start([ledger, other], directory);

        Assert.That(app.Quarantined, Is.Empty);
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task A_module_that_takes_long_to_start_does_not_keep_the_others_from_answering()
    {
        using var mapping = new SemaphoreSlim(0);
        ledger.WhenMapping = _ => mapping.Wait();
        var settings = new Dictionary<string, string?> { ["Kernel:Http:StartWait"] = "00:00:00.050" };
        await using var app = await TestApplication.Start([ledger, other], directory, settings);

        await Eventually.Get(() => app.Http.Get("/other/v1/ping"), answer => answer.IsSuccess);
        var waiting = await app.Http.Get(Ledger);
        mapping.Release();

        waiting.Expect(HttpStatusCode.ServiceUnavailable);
        await Eventually.Get(() => app.Http.Get(Ledger), answer => answer.Status != HttpStatusCode.ServiceUnavailable);
    }

    [Test]
    public async Task A_file_of_a_newer_kernel_is_left_alone()
    {
        await using (await TestApplication.Start([ledger], directory))
        {
            // The file exists.
        }
        ModuleFile.Execute(directory, "ledger", "UPDATE kernel_meta SET value = '99' WHERE name = 'schema'");

        await using var app = await TestApplication.Start([ledger, other], directory);

        await AssertQuarantined(app, "Use a newer build");
    }

    [Test]
    public async Task An_exception_while_adding_services_quarantines_the_module()
    {
        ledger.WhenAddingServices = _ => throw new InvalidOperationException("No service today.");
        await using var app = await TestApplication.Start([ledger, other], directory);
        await AssertQuarantined(app, "No service today.");

        ledger.WhenAddingServices = null;

        await AssertRevives(app);
    }

    [Test]
    public async Task An_exception_while_mapping_endpoints_quarantines_the_module()
    {
        ledger.WhenMapping = _ => throw new InvalidOperationException("No way in.");
        await using var app = await TestApplication.Start([ledger, other], directory);
        await AssertQuarantined(app, "No way in.");

        ledger.WhenMapping = null;

        await AssertRevives(app);
    }

    [Test]
    public async Task An_endpoint_that_cannot_be_built_quarantines_the_module()
    {
        ledger.WhenMapping = routes => routes.MapPost("/v1/bad", (AddEntry.Command one, RenameEntry.Command two) => $"{one} {two}");
        await using var app = await TestApplication.Start([ledger, other], directory);

        await AssertQuarantined(app, "Failure to infer one or more parameters");
    }

    [Test]
    public async Task A_background_service_that_crashes_quarantines_the_module()
    {
        var crash = new TaskCompletionSource();
        ledger.WhenAddingServices = services => services.AddHostedService(_ => new Crashing(crash.Task));
        await using var app = await TestApplication.Start([ledger, other], directory);
        Assert.That(app.Quarantined, Is.Empty);

        crash.SetException(new InvalidOperationException("The worker broke down."));
        await Eventually.True(() => app.Quarantined.ContainsKey("ledger"));
        await AssertQuarantined(app, "background services failed");
        ledger.WhenAddingServices = null;

        await AssertRevives(app);
    }

    [Test]
    public async Task Events_for_a_quarantined_module_wait_in_the_log()
    {
        var publisher = new StandInModule("publisher");
        ledger.WhenMapping = _ => throw new InvalidOperationException("No way in.");
        await using var app = await TestApplication.Start([publisher, ledger, other], directory);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        Assert.That(await other.Received(2), Is.EqualTo([1, 2]));

        ledger.WhenMapping = null;
        await AssertRevives(app);

        Assert.That(await ledger.Received(2), Is.EqualTo([1, 2]));
    }

    private static async Task AssertQuarantined(TestApplication app, string reason)
    {
        var refused = await app.Http.Get("/ledger/v1/ping");
        var answered = await app.Http.Get("/other/v1/ping");
        var ready = await app.Http.Get("/health/ready");
        var live = await app.Http.Get("/health/live");

        refused.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(refused.ContentType, Is.EqualTo("application/problem+json"));
        var problem = refused.Body;
        Assert.That(problem.Text("title"), Is.EqualTo("Module 'ledger' is quarantined."));
        Assert.That(problem.Text("detail"), Does.Contain(reason));
        answered.Expect(HttpStatusCode.OK);
        ready.Expect(HttpStatusCode.ServiceUnavailable);
        var entries = ready.Body.GetProperty("entries");
        Assert.That(entries.GetProperty("module ledger").Text("description"), Does.Contain(reason));
        Assert.That(entries.GetProperty("module other").Text("status"), Is.EqualTo("healthy"));
        live.Expect(HttpStatusCode.OK); // the process lives
    }

    private static async Task AssertRevives(TestApplication app)
    {
        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");
        var answered = await app.Http.Get("/ledger/v1/ping");

        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        answered.Expect(HttpStatusCode.OK);
        Assert.That(app.Quarantined, Is.Empty);
    }

    private sealed class Crashing(Task crash) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => crash.WaitAsync(stoppingToken);
    }
}
