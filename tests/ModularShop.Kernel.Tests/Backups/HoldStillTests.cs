using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Backups;

internal sealed class HoldStillTests
{
    private readonly string directory = TestApplication.NewDirectory();
    private readonly FixtureModule module = new("ledger");

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Nothing_is_written_while_a_module_is_held_and_what_waited_is_written_then()
    {
        using var data = DataDirectory.Hold(directory);
        await using var host = Host(data);
        await host.Start(CancellationToken.None);
        var release = new TaskCompletionSource();
        var over = await host.HoldStill(release.Task, CancellationToken.None);

        var waiting = Add("held");
        using (var during = FileSnapshot.Of(host.File))
        {
            Assert.That(await module.Entries(), Is.Empty);
            Assert.That(during.Log.LastPosition, Is.Zero);
            Assert.That(waiting.IsCompleted || over.IsCompleted, Is.False);
        }
        release.SetResult();
        await over;
        await waiting;

        Assert.That(await module.Entries(), Is.EqualTo(["held"]));
    }

    [Test]
    public async Task A_hold_that_was_not_kept_to_the_end_fails()
    {
        using var data = DataDirectory.Hold(directory);
        var clock = new MovedClock();
        await using var host = Host(data, clock);
        await host.Start(CancellationToken.None);

        var over = await host.HoldStill(new TaskCompletionSource().Task, CancellationToken.None);
        clock.Move(2 * new WriterOptions().UnitDeadline);

        Assert.That(async () => await over, Throws.InstanceOf<TimeoutException>());
    }

    [Test]
    public async Task A_hold_that_was_kept_to_the_end_is_no_failure_when_its_transaction_is_lost()
    {
        using var data = DataDirectory.Hold(directory);
        await using var host = Host(data);
        await host.Start(CancellationToken.None);
        var release = new TaskCompletionSource();
        var over = await host.HoldStill(release.Task, CancellationToken.None);
        var culprit = module.Send(
            new Do.Command((services, ct) => services.GetRequiredService<FixtureDb>().Database.ExecuteSqlRawAsync("ROLLBACK", ct))
        );

        release.SetResult();

        await over;
        await Assert.ThatAsync(() => culprit, Throws.TypeOf<StorageException>());
    }

    private Task<EntryView> Add(string subject) => module.Send(new AddEntry.Command(subject));

    private ModuleSupervisor Host(DataDirectory data, TimeProvider? clock = null) =>
        new(
            module.Source,
            new ModuleSupervisorContext(
                data,
                new KernelOptions(),
                new ConfigurationBuilder().Build(),
                NullLoggerFactory.Instance,
                clock ?? TimeProvider.System,
                new LogRegistry(),
                ConfigureServices: null,
                FaultHook: null
            ),
            NullLogger<ModuleSupervisor>.Instance
        );
}
