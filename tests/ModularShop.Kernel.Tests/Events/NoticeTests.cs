using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class NoticeTests
{
    private readonly StandInModule publisher = new("publisher");
    private readonly FixtureModule reader = new("reader");
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Checkpoints_and_dead_letters_that_nothing_handles_are_reported_at_start()
    {
        reader.WhenHappened = (_, _, _) => throw new InvalidOperationException("It never works.");
        await using (var app = await TestApplication.Start([publisher, reader], directory, Settings.ImpatientRetries))
        {
            await publisher.Publish(new Happened("key", 1));
            await app.Http.WaitForDeadLetters("reader", 1);
        }
        ModuleFile.Execute(
            directory,
            "reader",
            """
            UPDATE dead_letters SET name = 'publisher.was-renamed';
            INSERT INTO checkpoints (source, epoch, position, replay_until, handled) VALUES ('departed', 'epoch', 7, 0, 'departed.gone');
            """
        );
        var log = new CapturedLog();
        reader.WhenAddingServices = services => services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(log));

        await using (await TestApplication.Start([publisher, reader], directory))
        {
            Assert.That(log.Warnings, Has.One.Contains("checkpoint of 'departed'"));
            Assert.That(log.Warnings, Has.One.Contains("dead letters of 'publisher.was-renamed'"));
        }
    }

    [TestCase(true, "Rebuild the module to have them")]
    [TestCase(false, "fills no read copy that could be rebuilt")]
    public async Task A_reaction_that_is_added_to_a_source_already_read_is_told_to_lack_the_history(bool fillsACopy, string advice)
    {
        var reader = fillsACopy ? new RebuildableModule("reader") : new FixtureModule("reader");
        await using (var first = await TestApplication.Start([publisher, reader], directory))
        {
            await publisher.Publish(new Happened("key", 1));
            await first.CaughtUp();
        }
        // As if an earlier build had handled another event when it began to read.
        ModuleFile.Execute(directory, "reader", "UPDATE checkpoints SET handled = 'publisher.something-else'");

        await using var app = await TestApplication.Start([publisher, reader], directory);
        var module = (await app.Http.Json("/admin/v1/modules")).EnumerateArray().Single(m => m.Text("name") == "reader");

        Assert.That(
            module.GetProperty("notices").EnumerateArray().Select(notice => notice.GetString()),
            Has.One.Contains("'publisher.happened' is handled now").And.Contain(advice)
        );
    }
}
