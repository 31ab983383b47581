using System.Net;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class EpochTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly RebuildableModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [SetUp]
    public async Task ReadTwoEvents()
    {
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish([new Happened("key", 1), new Happened("key", 2)]);
        await reader.Received(2);
        await app.CaughtUp();
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Another_log_under_the_same_name_halts_the_subscription_and_a_rebuild_heals_it()
    {
        File.Delete(ModuleFile.Of(directory, "publisher"));
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await app.Http.Post("/admin/v1/modules/publisher/accept");
        await publisher.Publish([new Happened("new", 11), new Happened("new", 12), new Happened("new", 13)]);
        await app.Http.WaitForState("reader", "publisher", "halted");

        var ready = await app.Http.Get("/health/ready");
        var halted = ready.Body.GetProperty("entries").GetProperty("subscription reader <- publisher");

        ready.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(halted.Text("status"), Is.EqualTo("unhealthy"));
        Assert.That(halted.Text("description"), Does.Contain("its file was replaced").And.Contain("Rebuild"));
        Assert.That(await reader.Numbers(), Is.EqualTo([1, 2]), "nothing of the other log is taken for the next of this one");

        await app.Http.Post("/admin/v1/modules/reader/rebuild");

        Assert.That(await Eventually.Get(reader.Numbers, numbers => numbers.Count == 3), Is.EqualTo([11, 12, 13]));
        var healed = await app.Http.Get("/health/ready");
        healed.Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_checkpoint_ahead_of_the_log_halts_the_subscription()
    {
        ModuleFile.Execute(directory, "publisher", "DELETE FROM event_log WHERE position = 2; UPDATE sqlite_sequence SET seq = 1");
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await publisher.Publish(new Happened("key", 2));

        var halted = await app.Http.WaitForState("reader", "publisher", "halted");

        Assert.That(halted.Text("error"), Does.Contain("ahead of the log").And.Contain("older copy"));
    }

    [Test]
    public async Task A_log_that_was_set_back_and_grew_beyond_the_checkpoint_halts_the_subscription()
    {
        ModuleFile.Execute(directory, "publisher", "DELETE FROM event_log WHERE position = 2; UPDATE sqlite_sequence SET seq = 1");
        await using (await TestApplication.Start([publisher], directory))
        {
            await publisher.Publish([new Happened("key", 22), new Happened("key", 23)]);
        }

        await using var app = await TestApplication.Start([publisher, reader], directory);
        var halted = await app.Http.WaitForState("reader", "publisher", "halted");

        Assert.That(halted.Text("error"), Does.Contain("another event at position 2"));
        Assert.That(await reader.Numbers(), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task A_halted_subscription_goes_on_when_the_right_file_is_back()
    {
        var file = ModuleFile.Of(directory, "publisher");
        File.Move(file, file + ".aside");
        await using var app = await TestApplication.Start([publisher, reader], directory);
        await app.Http.Post("/admin/v1/modules/publisher/accept");
        await app.Http.WaitForState("reader", "publisher", "halted");

        publisherFileComesBack();
        await app.Http.Post("/admin/v1/modules/publisher/restart");
        await publisher.Publish(new Happened("key", 3));

        Assert.That(await reader.Received(3), Is.EqualTo([1, 2, 3]));

        void publisherFileComesBack()
        {
            File.Delete(file + "-wal");
            File.Delete(file + "-shm");
            File.Move(file + ".aside", file, overwrite: true);
        }
    }
}
