using System.Net;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Modules;

/// <summary>
/// A handler that ignores its cancellation cannot be stopped. It is reported, and the module can be restarted without it.
/// </summary>
internal sealed class StuckModuleTests
{
    private static readonly IReadOnlyDictionary<string, string?> Impatient = new Dictionary<string, string?>
    {
        ["Kernel:Writer:StopTimeout"] = "00:00:00.300",
        ["Kernel:Http:DrainTimeout"] = "00:00:00.300",
        ["Kernel:Http:RequestTimeout"] = "00:00:00.300",
    };

    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule ledger = new("ledger");
    private readonly FixtureModule healthy = new("healthy");
    private readonly ManualResetEvent never = new(false);
    private int blocked;

    [TearDown]
    public void Dispose()
    {
        never.Set();
        never.Dispose();
    }

    [Test]
    public async Task Health_names_the_module_and_says_what_to_do()
    {
        var clock = new MovedClock();
        await using var app = await Start(clock);
        var stuck = Block();
        await Eventually.True(() => Volatile.Read(ref blocked) == 1);
        clock.Move(2 * new WriterOptions().UnitDeadline);

        var entry = await Eventually.Get(() => app.Http.Health("module ledger"), entry => entry.Text("status") == "degraded");

        Assert.That(entry.Text("description"), Does.Contain("ignores its cancellation").And.Contain("Restart the module"));
        var listed = (await app.Http.Json("/admin/v1/modules")).EnumerateArray().Single(module => module.Text("name") == "ledger");
        Assert.That(listed.Text("reason"), Does.Contain("ignores its cancellation"));
        Assert.That(listed.Text("cure"), Does.Contain("Restart the module"));
        var others = (await app.Http.Json("/health/ready")).GetProperty("entries");
        Assert.That(others.GetProperty("module healthy").Text("status"), Is.EqualTo("healthy"));
        never.Set();
        await stuck;
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That((await app.Http.Json("/health/ready")).Text("status"), Is.EqualTo("healthy"));
    }

    [Test]
    public async Task A_caller_does_not_wait_for_a_stuck_writer_for_ever()
    {
        await using var app = await Start();
        var stuck = Block();
        await Eventually.True(() => Volatile.Read(ref blocked) == 1);

        var answer = await app.Http.Post("/ledger/v1/entries", """{ "subject": "tea" }""");

        answer.ExpectProblem(HttpStatusCode.GatewayTimeout);
        never.Set();
        await stuck;
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["next"]), "what was given up was not done later");
    }

    [Test]
    public async Task A_restart_goes_on_without_the_stuck_unit_and_its_events_take_effect_once()
    {
        var (entered, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        ledger.WhenHappened = (_, _, _) =>
        {
            entered.SetResult();
            never.WaitOne();
            left.SetResult();
            return Task.CompletedTask;
        };
        await using var app = await Start();
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await entered.Task;
        ledger.WhenHappened = (_, _, _) => Task.CompletedTask;

        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        Assert.That(await ledger.Received(2), Is.EqualTo([1, 2]));
        never.Set();
        await left.Task;
        await publisher.Publish(new Happened("key", 3));
        Assert.That(await ledger.Received(3), Is.EqualTo([1, 2, 3]), "what the old unit does when it wakes up is not kept");
    }

    [Test]
    public async Task Callers_that_share_a_commit_with_a_stuck_unit_are_told_that_nothing_changed()
    {
        await using var app = await Start();
        var gate = new TaskCompletionSource();
        var first = ledger.Send(new Do.Command((_, _) => gate.Task));
        var done = ledger.Send(new AddEntry.Command("done, not committed"));
        // Only queued here, as the first unit has the writer.
        var stuck = ledger.Send(Blocking());
        var waiting = ledger.Send(new AddEntry.Command("waiting"));
        gate.SetResult();
        await Eventually.True(() => Volatile.Read(ref blocked) == 1);

        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");

        foreach (var caller in (Task[])[first, done, stuck, waiting])
        {
            await Assert.ThatAsync(() => caller, Throws.TypeOf<ModuleStoppingException>());
        }
        await ledger.Send(new AddEntry.Command("next"));
        Assert.That(await ledger.Entries(), Is.EqualTo(["next"]));
    }

    [Test]
    public async Task Writes_of_a_stuck_unit_after_the_restart_are_refused()
    {
        await using var app = await Start();
        var written = new TaskCompletionSource<Exception?>();
        var stuck = Task.Run(() =>
            ledger.Send(
                new Do.Command(
                    async (services, _) =>
                    {
                        var db = services.GetRequiredService<FixtureDb>();
                        Interlocked.Increment(ref blocked);
                        never.WaitOne();
                        db.Entries.Add(new Entry { Id = Guid.CreateVersion7(), Subject = "late" });
                        written.SetResult(await Failure(() => db.SaveChangesAsync()));
                    }
                )
            )
        );
        await Eventually.True(() => Volatile.Read(ref blocked) == 1);
        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");
        never.Set();

        Assert.That(await written.Task.WaitAsync(TimeSpan.FromSeconds(20)), Is.Not.Null);
        await Assert.ThatAsync(() => stuck, Throws.TypeOf<ModuleStoppingException>());
        Assert.That(await ledger.Entries(), Is.Empty);
    }

    [Test]
    public async Task Clients_of_requests_that_block_their_threads_are_disconnected_after_a_restart()
    {
        var threads = new HttpOptions().Threads;
        ledger.WhenMapping = routes =>
        {
            routes.MapGet("/v1/block", BlockThread);
            routes.MapPost("/v1/block", (ISender sender) => sender.Send(Blocking()));
        };
        await using var app = await Start();
        var command = Failure(() => app.Http.Post("/ledger/v1/block"));
        await Eventually.True(() => Volatile.Read(ref blocked) == 1);
        // The last ones wait for a thread.
        var queries = Enumerable.Range(0, threads + 2).Select(_ => Failure(() => app.Http.Get("/ledger/v1/block"))).ToList();
        await Eventually.True(() => Volatile.Read(ref blocked) == threads);

        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        Assert.That(await Task.WhenAll([command, .. queries]), Is.All.TypeOf<HttpRequestException>());
    }

    [Test]
    public async Task The_writer_of_a_module_whose_service_does_not_stop_takes_nothing_more_after_the_restart()
    {
        ledger.WhenAddingServices = services => services.AddHostedService(_ => new BlocksWhenStopped(never));
        await using var app = await Start();
        var old = ledger.Writer;

        var restarted = await app.Http.Post("/admin/v1/modules/ledger/restart");

        Assert.That(restarted.Body.Text("state"), Is.EqualTo("running"));
        Assert.That(ledger.Writer, Is.Not.SameAs(old));
        await Assert.ThatAsync(
            () => old.Run((_, _) => Task.FromResult(0), CancellationToken.None),
            Throws.TypeOf<ModuleStoppingException>()
        );
        never.Set();
    }

    [Test]
    public async Task The_process_ends_whatever_is_stuck()
    {
        ledger.WhenHappened = (_, _, _) => Task.FromResult(never.WaitOne());
        healthy.WhenMapping = routes =>
            routes.MapGet(
                "/v1/block",
                () =>
                {
                    Interlocked.Increment(ref blocked);
                    return never.WaitOne();
                }
            );
        healthy.WhenAddingServices = services => services.AddSingleton(_ => new BlocksWhenDisposed(never));
        var app = await Start();
        healthy.Services.GetRequiredService<BlocksWhenDisposed>();
        await publisher.Publish(new Happened("key", 1));
        var request = Failure(() => app.Http.Get("/healthy/v1/block"));
        await Eventually.True(() => Volatile.Read(ref blocked) == 1);

        await app.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(await request, Is.Not.Null);
        await using var another = await TestApplication.Start(publisher);
    }

    private Task<TestApplication> Start(TimeProvider? clock = null) =>
        TestApplication.Start([publisher, ledger, healthy], directory: null, Impatient, clock: clock);

    private Task<Unit> Block() => Task.Run(() => ledger.Send(Blocking()));

    private Do.Command Blocking() => new((_, _) => BlockThread());

    private Task BlockThread()
    {
        Interlocked.Increment(ref blocked);
        never.WaitOne();
        return Task.CompletedTask;
    }

    private static async Task<Exception?> Failure(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private sealed class BlocksWhenStopped(ManualResetEvent never) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.FromResult(never.WaitOne());
    }

    private sealed class BlocksWhenDisposed(ManualResetEvent never) : IDisposable
    {
        public void Dispose() => never.WaitOne();
    }
}
