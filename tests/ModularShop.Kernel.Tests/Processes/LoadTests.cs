using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary><c>/admin/v1/load</c>: what each module did over some time, in all processes.</summary>
internal sealed class LoadTests
{
    private const int Seconds = 37;

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(15);

    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private readonly AwaitedClock clock = new(TimeSpan.FromSeconds(Seconds));

    [Test]
    public async Task Events_bytes_and_requests_of_that_time_are_counted_exactly()
    {
        await using var app = await Start();
        await publisher.Publish(Numbered(1, 5));
        await app.Http.Get("/reader/v1/ping");
        await app.CaughtUp();

        var load = await Observe(
            app,
            async () =>
            {
                await publisher.Publish([.. Numbered(6, 40), new Unnoticed("nobody cares")]);
                await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => app.Http.Get("/reader/v1/ping")));
                await app.CaughtUp();
            }
        );

        var (source, subscriber) = (Module(load, "publisher"), Module(load, "reader"));
        Assert.Multiple(() =>
        {
            Assert.That(source.Number("published"), Is.EqualTo(41));
            Assert.That(source.Number("events"), Is.EqualTo(46));
            Assert.That(source.Number("cacheBytes"), Is.Positive);
            Assert.That(subscriber.Number("requests"), Is.EqualTo(7));
            Assert.That(subscriber.Number("requestsSinceStart"), Is.EqualTo(8));
            Assert.That(
                Sizes(source),
                Is.EqualTo([
                    ("publisher.happened", 40, BytesOf(6, 40)),
                    ("publisher.unnoticed", 1, BytesOf("""{"subject":"nobody cares"}""")),
                ])
            );
            Assert.That(Subscription(load).Number("applied"), Is.EqualTo(41));
            Assert.That(Subscription(load).GetProperty("ageSeconds").GetDouble(), Is.Zero);
            Assert.That(load.GetProperty("seconds").GetDouble(), Is.GreaterThanOrEqualTo(Seconds));
        });
    }

    [Test]
    public async Task Without_events_in_that_time_the_sizes_are_those_of_the_log()
    {
        await using var app = await Start();
        await publisher.Publish(Numbered(1, 3));
        await app.CaughtUp();

        var load = await Observe(app, () => Task.CompletedTask);

        Assert.That(Module(load, "publisher").Number("published"), Is.Zero);
        Assert.That(Sizes(Module(load, "publisher")), Is.EqualTo([("publisher.happened", 3, BytesOf(1, 3))]));
        Assert.That(Sizes(Module(load, "reader")), Is.Empty);
        Assert.That(Subscription(load).Number("applied"), Is.Zero);
    }

    [Test]
    public async Task A_subscriber_that_does_not_keep_up_grows_old()
    {
        await using var app = await Start();
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        reader.WhenHappened = (_, _, ct) =>
        {
            begun.TrySetResult();
            return goOn.Task.WaitAsync(ct);
        };
        await publisher.Publish(Numbered(1, 3));
        await begun.Task;

        var load = await Observe(app, () => Task.CompletedTask);
        goOn.SetResult();

        Assert.That(Subscription(load).Number("applied"), Is.Zero);
        Assert.That(Subscription(load).GetProperty("ageSeconds").GetDouble(), Is.GreaterThanOrEqualTo(Seconds));
    }

    [Test]
    public async Task Processor_time_is_that_of_the_module_that_used_it()
    {
        Assume.That(ThreadTime.IsKnown);
        reader.WhenMapping = routes => routes.MapGet("/v1/work", UseProcessor);
        reader.WhenHappened = (_, _, _) =>
        {
            UseProcessor();
            return Task.CompletedTask;
        };
        await using var app = await Start();
        await app.Http.Get("/reader/v1/work");

        var load = await Observe(
            app,
            async () =>
            {
                await app.Http.Get("/reader/v1/work");
                await publisher.Publish(Numbered(1, 2));
                await app.CaughtUp();
            }
        );

        var (source, subscriber) = (Cpu(Module(load, "publisher")), Cpu(Module(load, "reader")));
        Assert.That(subscriber, Is.GreaterThanOrEqualTo(3 * Work - Tolerance).And.LessThan(4 * Work), "a request and two reactions");
        Assert.That(source, Is.LessThan(Work));
        Assert.That(Cpu(load), Is.GreaterThanOrEqualTo(source + subscriber));
    }

    [Test]
    public async Task A_module_that_was_started_again_has_no_figures()
    {
        await using var app = await Start();

        var load = await Observe(app, async () => (await app.Http.Post("/admin/v1/modules/reader/restart")).ExpectSuccess());

        Assert.That(Module(load, "reader").Text("problem"), Does.Contain("did not run all the time"));
        Assert.That(Module(load, "publisher").GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Without_a_time_the_totals_are_answered_at_once()
    {
        await using var app = await Start();
        await publisher.Publish(new Happened("key", 1));

        var load = (await app.Http.Json("/admin/v1/load"))[0];

        Assert.That(load.GetProperty("seconds").GetDouble(), Is.Zero);
        Assert.That(load.GetProperty("cpuSecondsSinceStart").GetDouble(), Is.Positive);
        Assert.That(Module(load, "publisher").Number("events"), Is.EqualTo(1));
    }

    [TestCase(-1)]
    [TestCase(61)]
    public async Task The_time_is_limited(int seconds)
    {
        await using var app = await Start();

        (await app.Http.Get($"/admin/v1/load?seconds={seconds}")).ExpectProblem(HttpStatusCode.BadRequest, "seconds");
    }

    [Test]
    public async Task Modules_of_other_processes_are_included_and_who_could_not_be_asked_is_named()
    {
        using var topology = TestTopology.Of([publisher, reader], ("front", ["reader"]), ("back", ["publisher"]));
        await using var front = await topology.Start("front");
        await using (var back = await topology.Start("back"))
        {
            await publisher.Publish(Numbered(1, 1));
            foreach (var asked in new[] { front, back })
            {
                await front.CaughtUp();
                var observing = asked.Http.Json("/admin/v1/load?seconds=1");
                var published = 1;
                while (!observing.IsCompleted)
                {
                    await publisher.Publish(Numbered(++published, 1));
                }
                var processes = (await observing).EnumerateArray().ToDictionary(process => process.Text("name"));
                Assert.That(Module(processes["back"], "publisher").Number("published"), Is.InRange(1, published));
                Assert.That(Subscription(processes["front"]).Number("applied"), Is.InRange(1, published));
            }
        }

        var alone = (await front.Http.Json("/admin/v1/load?seconds=1")).EnumerateArray().ToDictionary(process => process.Text("name"));

        Assert.That(alone["back"].Text("problem"), Does.Contain("'back'").And.Contain("cannot be asked"));
        Assert.That(alone["back"].GetProperty("modules").GetArrayLength(), Is.Zero);
        Assert.That(Module(alone["front"], "reader").GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    private Task<TestApplication> Start() => TestApplication.Start([publisher, reader], directory: null, clock: clock);

    private async Task<JsonElement> Observe(TestApplication app, Func<Task> meanwhile)
    {
        var observing = app.Http.Json($"/admin/v1/load?seconds={Seconds}");
        await clock.Begun;
        await meanwhile();
        clock.Move(TimeSpan.FromSeconds(Seconds));
        return (await observing).EnumerateArray().Single();
    }

    // The payloads as they are logged.
    private static long BytesOf(int first, int count) =>
        Enumerable.Range(first, count).Sum(number => BytesOf($$"""{"subject":"key","number":{{number}}}"""));

    private static long BytesOf(string payload) => Encoding.UTF8.GetByteCount(payload);

    private static string UseProcessor()
    {
        var begun = ThreadTime.Now;
        while (ThreadTime.Now - begun < Work.Ticks)
        {
            Thread.SpinWait(100);
        }
        return "done";
    }

    private static JsonElement Module(JsonElement load, string name) =>
        load.GetProperty("modules").EnumerateArray().Single(module => module.Text("name") == name);

    private static JsonElement Subscription(JsonElement load) => load.GetProperty("subscriptions").EnumerateArray().Single();

    private static TimeSpan Cpu(JsonElement view) => TimeSpan.FromSeconds(view.GetProperty("cpuSeconds").GetDouble());

    private static IEnumerable<(string, long, long)> Sizes(JsonElement module) =>
        module.GetProperty("sizes").EnumerateArray().Select(size => (size.Text("name"), size.Number("count"), size.Number("bytes")));

    private static IReadOnlyList<IntegrationEvent> Numbered(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => new Happened("key", number))];
}
