using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>What a command may decide on, and what a rebuild replays.</summary>
internal sealed class ReadCopyTests
{
    private static readonly Dictionary<string, string?> Impatient = new(Settings.ImpatientRetries)
    {
        ["Kernel:Delivery:CopyWait"] = "00:00:00.050",
    };

    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CurrentCopies Copies => reader.Services.GetRequiredService<CurrentCopies>();

    [Test]
    public async Task Nothing_decides_on_a_copy_before_it_has_again_what_it_had()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Impatient);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await app.CaughtUp();
        await Decide();
        reader.WhenHappened = (happened, _, ct) => happened.Number == 2 ? gate.Task.WaitAsync(ct) : Task.CompletedTask;

        await app.Http.Post("/admin/v1/modules/reader/rebuild");

        await Assert.ThatAsync(Decide, Throws.TypeOf<CopyNotCurrentException>().With.Message.Contains("'receipts'"));
        gate.SetResult();
        await Eventually.Get(Decides, decides => decides);
        Assert.That(await reader.Numbers(), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_command_that_was_queued_before_a_rebuild_began_does_not_decide_on_what_it_left()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory: null, Impatient);
        await publisher.Publish(new Happened("key", 1));
        await app.CaughtUp();
        var began = new TaskCompletionSource();
        var first = reader.Send(
            new Do.Command(
                (_, ct) =>
                {
                    began.SetResult();
                    return gate.Task.WaitAsync(ct);
                }
            )
        );
        await began.Task;
        var queued = reader.Send(
            new Do.Command(
                (services, _) =>
                {
                    services.GetRequiredService<CurrentCopies>().RefuseWhileFilled(["receipts"]);
                    return Task.CompletedTask;
                }
            )
        );
        var rebuild = app.Http.Post("/admin/v1/modules/reader/rebuild");
        await Eventually.Get(Decides, decides => !decides);

        gate.SetResult();

        await first;
        await Assert.ThatAsync(() => queued, Throws.TypeOf<CopyNotCurrentException>());
        (await rebuild).Expect(HttpStatusCode.Accepted);
    }

    [Test]
    public async Task After_a_long_downtime_nothing_decides_before_the_copy_has_caught_up()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish(new Happened("key", 1));
            await app.CaughtUp();
        }
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish([.. Enumerable.Range(2, 5).Select(number => new Happened("key", number))]);
        }
        reader.WhenHappened = (_, _, ct) => gate.Task.WaitAsync(ct);

        await using (await TestApplication.Start([publisher, reader], directory, Impatient))
        {
            await Assert.ThatAsync(Decide, Throws.TypeOf<CopyNotCurrentException>().With.Message.Contains("behind publisher by 5 events"));
            gate.SetResult();
            await Eventually.Get(Decides, decides => decides);
            Assert.That((await reader.Numbers()).Count, Is.EqualTo(6));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_copy_whose_source_has_had_news_for_too_long_is_not_decided_on()
    {
        var settings = new Dictionary<string, string?>(Impatient) { ["Kernel:Delivery:MaxStaleness"] = "00:00:00.200" };
        reader.WhenHappened = (_, _, ct) => gate.Task.WaitAsync(ct);
        await using var app = await TestApplication.Start([publisher, reader], directory: null, settings);
        await Eventually.Get(Decides, decides => decides);

        await publisher.Publish(new Happened("key", 1));

        await Eventually.Get(Decides, decides => !decides);
        gate.SetResult();
        await Eventually.Get(Decides, decides => decides);
    }

    [Test]
    public async Task While_the_source_does_not_run_the_copy_is_decided_on_as_it_is()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish(new Happened("key", 1));
            await app.CaughtUp();
        }

        await using (await TestApplication.Start([reader], directory))
        {
            await Assert.ThatAsync(Decide, Throws.Nothing);
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_copy_that_a_crash_left_half_filled_is_not_decided_on_even_if_its_source_is_gone()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
            await app.CaughtUp();
            reader.WhenHappened = (happened, _, _) => happened.Number == 2 ? throw new InvalidOperationException("Not yet.") : gate.Task;
            gate.SetResult();
            await app.Http.Post("/admin/v1/modules/reader/rebuild");
            await reader.Received(1);
        }

        await using (var app = await TestApplication.Start([reader], directory, Impatient))
        {
            await Assert.ThatAsync(Decide, Throws.TypeOf<CopyNotCurrentException>().With.Message.Contains("1 of 2 events"));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_rebuild_calls_no_reaction_that_does_more_than_fill_the_copy()
    {
        var careful = new RebuildableModule("reader") { FilledBy = [typeof(WriteMeasured)] };
        await using var app = await TestApplication.Start([publisher, careful], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Happened("key", 1), new Measured("hall", 210)]);
        await careful.Received(2);

        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await publisher.Publish(new Happened("key", 2));
        await app.CaughtUp();

        Assert.That(await careful.Numbers(), Is.EqualTo([210, 2]));
        Assert.That((await careful.Receipts()).Select(receipt => receipt.IsReplay), Is.EqualTo([true, false]));
    }

    [Test]
    public async Task A_dead_letter_of_a_reaction_that_does_more_outlives_a_rebuild_and_is_delivered_once()
    {
        var fails = true;
        var careful = new RebuildableModule("reader") { FilledBy = [typeof(WriteMeasured)] };
        careful.WhenHappened = (_, _, _) => fails ? throw new InvalidOperationException("Not now.") : Task.CompletedTask;
        await using var app = await TestApplication.Start([publisher, careful], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Happened("key", 1), new Measured("hall", 210)]);
        var letters = await app.Http.WaitForDeadLetters("reader", 1);
        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp(allowDeadLetters: true);
        fails = false;

        await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letters[0].Number("id")}/retry");

        Assert.That(await careful.Numbers(), Is.EqualTo([210, 1]));
        Assert.That(await app.Http.DeadLetters("reader"), Is.Empty);
    }

    [Test]
    public async Task Events_before_a_dead_letter_are_replayed_and_events_after_it_wait()
    {
        var fails = true;
        var careful = new RebuildableModule("reader") { FilledBy = [typeof(WriteMeasured)] };
        careful.WhenHappened = (_, _, _) => fails ? throw new InvalidOperationException("Not now.") : Task.CompletedTask;
        await using var app = await TestApplication.Start([publisher, careful], directory: null, Settings.ImpatientRetries);
        await publisher.Publish([new Measured("hall", 1), new Happened("hall", 2), new Measured("hall", 3)]);
        var letters = await app.Http.WaitForDeadLetters("reader", 2);

        await app.Http.Post("/admin/v1/modules/reader/rebuild");
        await app.CaughtUp(allowDeadLetters: true);

        Assert.That(await careful.Numbers(), Is.EqualTo([1]));
        fails = false;
        await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letters[0].Number("id")}/retry");
        Assert.That(await careful.Numbers(), Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public async Task A_source_that_is_set_back_during_a_replay_halts_it()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish([new Happened("a", 1), new Happened("b", 2), new Happened("c", 3)]);
            await app.CaughtUp();
            reader.WhenHappened = (happened, _, _) =>
                happened.Number == 2 ? throw new InvalidOperationException("Not yet.") : Task.CompletedTask;
            await app.Http.Post("/admin/v1/modules/reader/rebuild");
            await reader.Received(1);
        }
        ModuleFile.Execute(directory, "publisher", "DELETE FROM event_log WHERE position = 3; UPDATE sqlite_sequence SET seq = 2");
        reader.WhenHappened = (_, _, _) => Task.CompletedTask;

        await using (var app = await TestApplication.Start([publisher, reader], directory, Impatient))
        {
            var halted = await app.Http.WaitForState("reader", "publisher", "halted");
            Assert.That(halted.Text("error"), Does.Contain("ahead of the log"));
            await app.Http.Post("/admin/v1/modules/reader/rebuild");
            await Eventually.Get(Decides, decides => decides);
            Assert.That(await reader.Numbers(), Is.EqualTo([1, 2]));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Nothing_is_cleared_while_what_fills_it_does_not_run()
    {
        var directory = TestApplication.NewDirectory();
        await using (var app = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish(new Happened("key", 1));
            await app.CaughtUp();
        }

        await using (var app = await TestApplication.Start([reader], directory))
        {
            var answer = await app.Http.Post("/admin/v1/modules/reader/rebuild");

            answer.Expect(HttpStatusCode.Conflict);
            Assert.That(answer.Body.Text("detail"), Does.Contain("'publisher' does not run here"));
            Assert.That(await reader.Numbers(), Is.EqualTo([1]));
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task A_copy_that_the_module_does_not_have_is_not_found()
    {
        await using var app = await TestApplication.Start(publisher, reader);

        var answer = await app.Http.Post("/admin/v1/modules/reader/rebuild?copy=recipes");

        answer.Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_restart_during_a_rebuild_rolls_it_back_and_the_module_goes_on()
    {
        await using var app = await TestApplication.Start(publisher, reader);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await app.CaughtUp();
        var clearing = new TaskCompletionSource();
        reader.WhenClearing = ct =>
        {
            clearing.TrySetResult();
            return Task.Delay(Timeout.Infinite, ct);
        };
        var rebuild = app.Http.Post("/admin/v1/modules/reader/rebuild");
        await clearing.Task;

        var restart = await app.Http.Post("/admin/v1/modules/reader/restart");

        var rebuilt = (await rebuild).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(rebuilt.Headers.RetryAfter, Is.Not.Null);
        Assert.That(restart.Body.Text("state"), Is.EqualTo("running"));
        await publisher.Publish(new Happened("key", 3));
        Assert.That(await reader.Received(3), Is.EqualTo([1, 2, 3]));
        await Eventually.Get(Decides, decides => decides);
    }

    private Task Decide() => Copies.Wait(["receipts"], CancellationToken.None).AsTask();

    private async Task<bool> Decides()
    {
        try
        {
            await Decide();
            return true;
        }
        catch (CopyNotCurrentException)
        {
            return false;
        }
    }
}
