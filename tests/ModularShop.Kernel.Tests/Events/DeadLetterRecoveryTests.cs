using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class DeadLetterRecoveryTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [SetUp]
    public async Task LeaveDeadAndParkedLetters()
    {
        reader.WhenHappened = (_, _, _) => throw new InvalidOperationException("It never works.");
        await using (var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries))
        {
            await publisher.Publish([new Happened("key", 1), new Happened("key", 2), new Happened("key", 3)]);
            await app.Http.WaitForDeadLetters("reader", 3);
        }
        reader.WhenHappened = (_, _, _) => Task.CompletedTask;
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Dead_letters_keep_their_key_blocked_across_a_restart()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish([new Happened("key", 4), new Happened("other key", 5)]);

        Assert.That(await reader.Received(1), Is.EqualTo([5]));
        Assert.That(
            (await app.Http.DeadLetters("reader")).Select(letter => letter.Text("status")),
            Is.EqualTo(["dead", "parked", "parked", "parked"])
        );
    }

    [Test]
    public async Task A_letter_whose_predecessor_is_gone_can_be_retried_and_until_then_health_shows_it()
    {
        reader.WhenHappened = (_, _, _) => throw new InvalidOperationException("It never works.");
        await using var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries);
        var letters = await app.Http.DeadLetters("reader");
        // The state after a release that was interrupted between two letters.
        ModuleFile.Execute(directory, "reader", "DELETE FROM dead_letters WHERE status = 'dead'");
        var health = await app.Http.Json("/health/ready");
        reader.WhenHappened = (_, _, _) => Task.CompletedTask;

        var later = await app.Http.Post($"/admin/v1/modules/reader/dead-letters/{letters[1].Number("id")}/retry");

        later.ExpectSuccess();
        Assert.That(await reader.Received(2), Is.EqualTo([2, 3]));
        Assert.That(health.GetProperty("entries").GetProperty("subscription reader <- publisher").Text("status"), Is.EqualTo("degraded"));
    }

    [Test]
    public async Task Letters_that_a_crash_left_parked_behind_nothing_are_delivered_at_the_next_start()
    {
        ModuleFile.Execute(directory, "reader", "UPDATE dead_letters SET status = 'discarded', reason = 'x' WHERE status = 'dead'");

        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish(new Happened("key", 4));

        Assert.That(await reader.Received(3), Is.EqualTo([2, 3, 4]));
    }
}
