using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Events;

internal sealed class UnannouncedEventTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Readers_of_the_file_do_not_get_committed_events_before_they_are_announced()
    {
        var options = new KernelOptions { Delivery = new DeliveryOptions { TailEvents = 1 } };
        var reached = 0;
        var third = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        await using var file = LogFile.Open(directory, "ledger", options, (_, point) => Reach(point));
        await Append(file);
        await Append(file);
        var appending = Task.Run(() => Append(file));
        await third.Task;

        var read = await file.Log.ReadAsync(await file.Log.PlaceAt(0, default), 10, CancellationToken.None);
        goOn.Set();
        await appending;

        Assert.That(read.Select(envelope => envelope.Position), Is.EqualTo([1, 2]));
        Assert.That(await file.Log.ReadAsync(await file.Log.PlaceAt(0, default), 10, CancellationToken.None), Has.Count.EqualTo(3));

        void Reach(FaultPoint point)
        {
            if (point == FaultPoint.AfterCommit && ++reached == 3)
            {
                third.SetResult();
                goOn.Wait();
            }
        }
    }

    private static async Task<Envelope> Append(LogFile file) => (await file.Append(Draft())).Single();

    private static Envelope Draft() =>
        new(
            Position: 0,
            Guid.CreateVersion7(),
            "ledger",
            "ledger.entry-added",
            1,
            "key",
            DateTimeOffset.UnixEpoch,
            "correlation",
            CausationId: null,
            TraceParent: null,
            "{}"
        );
}
