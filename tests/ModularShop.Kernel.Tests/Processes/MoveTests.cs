using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>A module moves from one process to another and back while both run.</summary>
internal sealed class MoveTests
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Kernel:Bus:RetryDelay"] = "00:00:00.100" };

    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private readonly FixtureModule ledger = new("ledger");
    private TestTopology topology = null!;

    [SetUp]
    public void Place() =>
        topology = TestTopology.Of([publisher, reader, ledger], ("front", ["publisher", "reader", "ledger"]), ("back", []));

    [TearDown]
    public void Delete() => topology.Dispose();

    [Test]
    public async Task A_module_takes_its_data_its_events_and_its_checkpoints_along()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");
        await ledger.Send(new AddEntry.Command("before"));
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await ledger.Received(2);

        await Move(front, "ledger", "back");

        await publisher.Publish(new Happened("key", 3));
        Assert.That(await ledger.Received(3), Is.EqualTo([1, 2, 3]));
        var added = await front.Http.Post("/ledger/v1/entries", new { subject = "after" });
        added.ExpectSuccess();
        Assert.That(await ledger.Entries(), Is.EqualTo(["after", "before"]));
        Assert.That(await PlaceOf(front, "ledger"), Is.EqualTo("back"));
        Assert.That(await PlaceOf(back, "ledger"), Is.EqualTo("back"));
        Assert.That((await front.Http.Events("ledger")).Select(e => e.Number("position")), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_publisher_moves_out_and_back_and_its_readers_miss_and_repeat_nothing()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");
        var number = 0;
        for (var move = 0; move < 4; move++)
        {
            await publisher.Publish([.. Enumerable.Range(0, 10).Select(_ => new Happened("key", ++number))]);

            await Move(move % 2 == 0 ? back : front, "publisher", move % 2 == 0 ? "back" : "front");
        }
        await publisher.Publish(new Happened("key", ++number));

        Assert.That(await reader.Received(number), Is.EqualTo(Enumerable.Range(1, number)));
        await front.CaughtUp();
        Assert.That(topology.File.Read().Version, Is.EqualTo(5));
    }

    [Test]
    public async Task No_request_fails_while_the_module_moves()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");
        using var stop = new CancellationTokenSource();
        var clients = Enumerable
            .Range(0, 4)
            .Select(client => Task.Run(() => AddEntries(client % 2 == 0 ? front : back, client, stop.Token)))
            .ToList();

        for (var move = 0; move < 4; move++)
        {
            await Move(front, "ledger", move % 2 == 0 ? "back" : "front");
        }
        await stop.CancelAsync();

        var added = (await Task.WhenAll(clients)).SelectMany(subjects => subjects).Order(StringComparer.Ordinal).ToList();
        Assert.That(added, Is.Not.Empty);
        Assert.That((await ledger.Entries()).Order(StringComparer.Ordinal), Is.EqualTo(added));
    }

    [Test]
    public async Task Processes_that_share_a_data_directory_move_a_module_without_copying_it()
    {
        topology.Write(
            new
            {
                version = 1,
                processes = new
                {
                    front = new
                    {
                        address = topology.AddressOf("front"),
                        data = "data",
                        modules = new[] { "publisher", "reader", "ledger" },
                    },
                    back = new
                    {
                        address = topology.AddressOf("back"),
                        data = "data",
                        modules = Array.Empty<string>(),
                    },
                },
            }
        );
        await using var front = await Start("front");
        await using var back = await Start("back");
        await ledger.Send(new AddEntry.Command("before"));

        var said = await Move(front, "ledger", "back");
        await Move(front, "ledger", "front");
        await Move(back, "ledger", "back");

        Assert.That(said, Does.Contain("nothing is copied"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["before"]));
        Assert.That(await PlaceOf(front, "ledger"), Is.EqualTo("back"));
    }

    [Test]
    public async Task A_dry_run_changes_nothing()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");

        var said = (await front.Http.Post("/admin/v1/modules/ledger/move", new { to = "back", dryRun = true })).ExpectSuccess().Text;

        Assert.That(said, Does.Contain("Would move 'ledger' from 'front' to 'back'"));
        Assert.That(await PlaceOf(front, "ledger"), Is.EqualTo("front"));
        Assert.That(Directory.GetFileSystemEntries(topology.DataOf("back")).Select(Path.GetFileName), Is.EquivalentTo(["owner.lock"]));
    }

    [TestCase("ledger", "front", HttpStatusCode.Conflict, "runs in process 'front' already")]
    [TestCase("ledger", "nowhere", HttpStatusCode.NotFound, "nowhere")]
    [TestCase("nothing", "back", HttpStatusCode.NotFound, "nothing")]
    [TestCase("ledger", "", HttpStatusCode.BadRequest, "Name the process")]
    public async Task What_cannot_be_moved_is_refused(string module, string to, HttpStatusCode status, string reason)
    {
        await using var front = await Start("front");
        await using var back = await Start("back");

        var problem = (await front.Http.Post($"/admin/v1/modules/{module}/move", new { to })).ExpectProblem(status);

        Assert.That(problem.Text("detail"), Does.Contain(reason));
    }

    [Test]
    public async Task A_process_that_does_not_answer_gets_no_module()
    {
        await using var front = await Start("front");

        var answer = await front.Http.Post("/admin/v1/modules/ledger/move", new { to = "back" });

        Assert.That(answer.ExpectProblem(HttpStatusCode.Conflict).Text("detail"), Does.Contain("'back'"));
        await ledger.Send(new AddEntry.Command("still here"));
        Assert.That((await front.Http.Get("/ledger/v1/ping")).IsSuccess);
    }

    [Test]
    public async Task A_module_that_cannot_start_in_the_other_process_stays_where_it_is()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");
        ledger.WhenAddingServices = _ => throw new InvalidOperationException("Its settings are missing.");

        var answer = await front.Http.Post("/admin/v1/modules/ledger/move", new { to = "back" });

        Assert.That(answer.Text, Does.Contain("'ledger' cannot be started in process 'back': Its settings are missing."));
        Assert.That(answer.Text, Does.Not.Contain("Requests wait"));
        await ledger.Send(new AddEntry.Command("still here"));
        Assert.That(await PlaceOf(front, "ledger"), Is.EqualTo("front"));
        ledger.WhenAddingServices = null;
        await Move(front, "ledger", "back");
    }

    [Test]
    public async Task A_module_is_tried_out_on_an_empty_file_without_its_background_services()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");
        var started = 0;
        ledger.WhenAddingServices = services => services.AddHostedService(_ => new Counted(() => started++));

        await Move(front, "ledger", "back");

        Assert.That(started, Is.EqualTo(1));
        Assert.That(Directory.Exists(Path.Combine(topology.DataOf("back"), "arriving", "ledger")), Is.False);
    }

    [Test]
    public async Task A_file_that_is_in_the_way_is_named()
    {
        await using var front = await Start("front");
        await using var back = await Start("back");
        await File.WriteAllTextAsync(Path.Combine(topology.DataOf("back"), "ledger.db"), "precious");

        var answer = await front.Http.Post("/admin/v1/modules/ledger/move", new { to = "back" });

        Assert.That(answer.ExpectProblem(HttpStatusCode.Conflict).Text("detail"), Does.Contain("has a file ledger.db already"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(topology.DataOf("back"), "ledger.db")), Is.EqualTo("precious"));
    }

    [Test]
    public async Task After_a_restart_each_process_runs_what_it_has()
    {
        await using (var front = await Start("front"))
        {
            await using var back = await Start("back");
            await ledger.Send(new AddEntry.Command("tea"));
            await Move(front, "ledger", "back");
        }

        await using var frontAgain = await Start("front");
        await using var backAgain = await Start("back");

        Assert.That(await PlaceOf(frontAgain, "ledger"), Is.EqualTo("back"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["tea"]));
        Assert.That((await frontAgain.Http.Get("/health/ready")).IsSuccess);
    }

    [Test]
    public async Task Without_the_topology_the_place_that_a_module_left_gets_no_new_file()
    {
        await using (var front = await Start("front"))
        {
            await using var back = await Start("back");
            await Move(front, "ledger", "back");
        }

        await using var alone = await TestApplication.Start([publisher, reader, ledger], topology.DataOf("front"));

        Assert.That(alone.Quarantined["ledger"], Does.Contain("moved to process 'back'"));
        Assert.That(File.Exists(Path.Combine(topology.DataOf("front"), "ledger.db")), Is.False);
    }

    [Test]
    public async Task A_copy_from_before_a_move_is_not_run_by_the_process_that_it_was_moved_from()
    {
        await using (var front = await Start("front"))
        {
            await using var back = await Start("back");
            await Move(front, "ledger", "back");
        }
        // Somebody puts back what the move has put aside, and edits the topology.
        File.Copy(
            Directory.GetFiles(topology.DataOf("front"), "ledger.db.moved-*").Single(),
            Path.Combine(topology.DataOf("front"), "ledger.db")
        );
        await topology.File.Place("ledger", "front");

        await using var frontAgain = await Start("front");

        Assert.That(frontAgain.Quarantined["ledger"], Does.Contain("belongs to process 'back'"));
        (await frontAgain.Http.Post("/admin/v1/modules/ledger/accept")).ExpectSuccess();
        Assert.That((await frontAgain.Http.Get("/ledger/v1/ping")).IsSuccess, Is.True, "a person has decided");
    }

    private Task<TestApplication> Start(string process) => topology.Start(process, Settings);

    private static async Task<string> Move(TestApplication by, string module, string to)
    {
        var said = (await by.Http.Post($"/admin/v1/modules/{module}/move", new { to })).ExpectSuccess().Text;
        Assert.That(said, Does.Contain("pauseMilliseconds").And.Not.Contain("\"error\""));
        return said;
    }

    private static async Task<string?> PlaceOf(TestApplication app, string module) =>
        (await app.Http.Json("/admin/v1/modules")).EnumerateArray().Single(each => each.Text("name") == module).Text("process");

    private static async Task<List<string>> AddEntries(TestApplication app, int client, CancellationToken until)
    {
        var added = new List<string>();
        while (!until.IsCancellationRequested)
        {
            var subject = $"{client}-{added.Count}";
            (await app.Http.Post("/ledger/v1/entries", new { subject })).ExpectSuccess();
            added.Add(subject);
        }
        return added;
    }

    private sealed class Counted(Action started) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            started();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
