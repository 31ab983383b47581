using System.Net;
using ModularShop.Kernel.Processes;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>Modules in two processes behave as in one. Each process is an application of its own; they know each other only by HTTP.</summary>
internal sealed class SeveralProcessesTests
{
    private static readonly Dictionary<string, string?> Impatient = new()
    {
        ["Kernel:Bus:RetryDelay"] = "00:00:00.100",
        ["Kernel:Bus:PollWait"] = "00:00:00.500",
        ["Kernel:Bus:AnswerTimeout"] = "00:00:05",
    };

    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TestTopology.Of([publisher, reader], ("front", ["reader"]), ("back", ["publisher"]));

    [TearDown]
    public void Delete() => topology.Dispose();

    [Test]
    public async Task Events_arrive_in_the_order_of_the_log()
    {
        await using var back = await Start("back");
        await using var front = await Start("front");

        foreach (var number in Enumerable.Range(1, 40))
        {
            await publisher.Publish([new Happened($"key {number % 3}", number), new Unnoticed("nobody cares")]);
        }

        Assert.That(await reader.Received(40), Is.EqualTo(Enumerable.Range(1, 40)));
        await front.CaughtUp();
        Assert.That((await front.Http.Subscription("reader", "publisher")).Number("position"), Is.EqualTo(80));
    }

    [Test]
    public async Task Each_event_takes_effect_once_whatever_restarts_of_either_process_come_between()
    {
        for (var start = 0; start < 4; start++)
        {
            await using var back = await Start("back");
            await publisher.Publish(Numbered(start * 20 + 1, 10));
            await using var front = await Start("front");
            await publisher.Publish(Numbered(start * 20 + 11, 10));
        }
        await using var lastFront = await Start("front");
        await using var lastBack = await Start("back");

        await lastFront.CaughtUp();

        Assert.That(await reader.Numbers(), Is.EqualTo(Enumerable.Range(1, 80)));
    }

    [Test]
    public async Task A_subscriber_goes_on_by_itself_when_the_process_of_its_source_is_back()
    {
        await using var front = await Start("front");
        await using (await Start("back"))
        {
            await publisher.Publish(Numbered(1, 3));
            await reader.Received(3);
        }
        var gone = await Eventually.Get(
            () => front.Http.Health("subscription reader <- publisher"),
            entry => entry.Text("status") != "healthy"
        );
        Assert.That(gone.Text("description"), Does.Contain("'publisher' cannot be read"));

        await using var again = await Start("back");
        await publisher.Publish(Numbered(4, 3));

        Assert.That(await reader.Received(6), Is.EqualTo(Enumerable.Range(1, 6)));
        await Eventually.Get(() => front.Http.Health("subscription reader <- publisher"), entry => entry.Text("status") == "healthy");
    }

    [Test]
    public async Task A_source_that_was_set_back_halts_its_subscriber_in_the_other_process()
    {
        await using var front = await Start("front");
        var file = Path.Combine(topology.DataOf("back"), "publisher.db");
        await using (await Start("back"))
        {
            await publisher.Publish(Numbered(1, 2));
        }
        File.Copy(file, file + ".older");
        await using (await Start("back"))
        {
            await publisher.Publish(Numbered(3, 2));
            await reader.Received(4);
        }
        File.Copy(file + ".older", file, overwrite: true);
        await using var setBack = await Start("back");
        await publisher.Publish(Numbered(5, 2));

        var halted = await front.Http.WaitForState("reader", "publisher", "halted");

        Assert.That(halted.Text("error"), Does.Contain("another event at position 4"));
        Assert.That(await reader.Numbers(), Is.EqualTo([1, 2, 3, 4]));
    }

    [Test]
    public async Task Any_process_answers_for_every_module()
    {
        await using var back = await Start("back");
        await using var front = await Start("front");

        foreach (var process in new[] { front, back })
        {
            Assert.That((await process.Http.Get("/reader/v1/ping")).Text, Is.EqualTo("pong"));
            Assert.That((await process.Http.Get("/publisher/")).Body.GetString(), Is.EqualTo("publisher"));
            Assert.That((await process.Http.Get("/reader/openapi/v1.json")).IsSuccess);
            (await process.Http.Get("/nowhere/v1/ping")).ExpectProblem(HttpStatusCode.NotFound);
        }
    }

    [Test]
    public async Task A_secret_of_several_words_works_too()
    {
        await File.WriteAllTextAsync(topology.File.Read().SecretFile, "four score and seven years ago our fathers\n");
        await using var back = await Start("back");
        await using var front = await Start("front");

        Assert.That((await front.Http.Get("/publisher/")).ExpectSuccess().Body.GetString(), Is.EqualTo("publisher"));
        Assert.That((await front.Http.Get("/admin/v1/modules/publisher/events")).IsSuccess, "as an operator of the other process");
    }

    [Test]
    public async Task A_process_that_cannot_be_reached_is_a_503_that_names_it()
    {
        await using var front = await Start("front");

        var answer = await front.Http.Get("/publisher/");

        var problem = answer.ExpectProblem(HttpStatusCode.ServiceUnavailable);
        Assert.That(problem.Text("detail"), Does.Contain("'back'").And.Contain("Nothing was changed"));
        Assert.That(answer.Headers.RetryAfter, Is.Not.Null);
    }

    [Test]
    public async Task Operators_get_the_same_answers_from_every_process()
    {
        await using var back = await Start("back");
        await using var front = await Start("front");
        await publisher.Publish(Numbered(1, 3));
        await reader.Received(3);
        await front.CaughtUp();

        foreach (
            var path in new[]
            {
                "/admin/v1/modules",
                "/admin/v1/subscriptions",
                "/admin/v1/modules/publisher/events",
                "/admin/v1/modules/reader/dead-letters",
            }
        )
        {
            var (one, other) = (await front.Http.Get(path), await back.Http.Get(path));

            Assert.That(one.ExpectSuccess().Text, Is.EqualTo(other.ExpectSuccess().Text), path);
        }
        var modules = (await front.Http.Json("/admin/v1/modules")).EnumerateArray().ToList();
        Assert.That(
            modules.Select(module => (module.Text("name"), module.Text("process"))),
            Is.EqualTo([("publisher", "back"), ("reader", "front")])
        );
        Assert.That((await front.Http.Get("/health/ready")).Body.GetProperty("entries").EnumerateObject().Count(), Is.EqualTo(3));
    }

    [Test]
    public async Task What_could_not_be_asked_is_said()
    {
        await using var front = await Start("front");

        var modules = (await front.Http.Json("/admin/v1/modules")).EnumerateArray().ToList();
        var health = await front.Http.Get("/health/ready");

        Assert.Multiple(() =>
        {
            Assert.That(modules.Single(module => module.Text("name") == "publisher").Text("state"), Is.EqualTo("unreachable"));
            Assert.That(modules.Single(module => module.Text("name") == "publisher").Text("reason"), Does.Contain("Process 'back'"));
            Assert.That(health.Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(health.Body.GetProperty("entries").GetProperty("module publisher").Text("description"), Does.Contain("'back'"));
        });
        Assert.That((await front.Http.Get("/health/ready?here")).Status, Is.EqualTo(HttpStatusCode.OK), "only what this process runs");
    }

    [Test]
    public async Task An_operators_change_reaches_the_module_in_the_other_process()
    {
        await using var back = await Start("back");
        await using var front = await Start("front");
        reader.WhenHappened = (_, _, _) => throw new InvalidOperationException("Told to fail.");
        await publisher.Publish(new Happened("key", 1));
        var letter = (await back.Http.WaitForDeadLetters("reader", 1))[0];

        var refused = await back.Http.Post($"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/discard", new { reason = "" });
        var discarded = await back.Http.Post(
            $"/admin/v1/modules/reader/dead-letters/{letter.Number("id")}/discard",
            new { reason = "a test" }
        );
        var restarted = await back.Http.Post("/admin/v1/modules/reader/restart");

        refused.ExpectProblem(HttpStatusCode.BadRequest, "reason");
        Assert.That(discarded.ExpectSuccess().Body.Number("applied"), Is.Zero);
        Assert.That(restarted.ExpectSuccess().Body.Text("state"), Is.EqualTo("running"));
    }

    [Test]
    public async Task A_stranger_is_no_operator_of_another_process_either()
    {
        await using var back = await Start("back");
        await using var front = await Start("front");

        foreach (
            var (name, value) in new[]
            {
                ("X-Forwarded-For", "127.0.0.1"),
                (ForwardedRequest.Header, "1 operator guessed"),
                ("Origin", "http://elsewhere"),
            }
        )
        {
            (await back.Http.Get("/admin/v1/modules/reader/dead-letters", (name, value))).ExpectProblem(HttpStatusCode.Forbidden);
        }
    }

    private Task<TestApplication> Start(string process) => topology.Start(process, Impatient);

    private static IReadOnlyList<IntegrationEvent> Numbered(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => new Happened("key", number))];
}
