using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>
/// Each read of a log passes the place up to which the log was read. It is refused if the log does not contain that place.
/// </summary>
internal sealed class LogPlaceTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase(1024)]
    [TestCase(1)]
    public async Task A_log_that_was_set_back_and_has_grown_again_refuses_the_next_read(int inMemory)
    {
        var read = await ReadAndSetBack(inMemory);
        await using var file = Open(inMemory);
        await file.Append(Draft(), Draft(), Draft());

        Assert.That(() => Read(file, read), Throws.InstanceOf<LogMismatchException>().With.Message.Contains("another event at position 3"));
    }

    [Test]
    public async Task A_log_that_was_set_back_refuses_the_next_read_instead_of_waiting()
    {
        var read = await ReadAndSetBack(inMemory: 1024);
        await using var file = Open(inMemory: 1024);

        Assert.That(() => Read(file, read), Throws.InstanceOf<LogMismatchException>().With.Message.Contains("ahead of the log"));
    }

    [Test]
    public async Task A_log_with_another_epoch_refuses_the_read()
    {
        await using var file = Open(inMemory: 1024);
        await file.Append(Draft());

        Assert.That(
            () => Read(file, new LogPlace("another", 0, EventId: null)),
            Throws.InstanceOf<LogMismatchException>().With.Message.Contains("another one than the one read so far")
        );
    }

    [TestCase(1024)]
    [TestCase(1)]
    public async Task A_place_that_the_log_has_is_read_on_from(int inMemory)
    {
        await using var file = Open(inMemory);
        var appended = await file.Append(Draft(), Draft(), Draft());

        var read = await Read(file, appended[0].PlaceIn(file.Log.Epoch));

        Assert.That(read.Select(envelope => envelope.EventId), Is.EqualTo(appended.Skip(1).Select(envelope => envelope.EventId)));
    }

    // The file is set back to its state before the last two events.
    private async Task<LogPlace> ReadAndSetBack(int inMemory)
    {
        var older = Path.Combine(directory, "older");
        await using (var file = Open(inMemory))
        {
            await file.Append(Draft());
        }
        File.Copy(Path.Combine(directory, "ledger.db"), older);
        LogPlace read;
        await using (var file = Open(inMemory))
        {
            read = (await file.Append(Draft(), Draft()))[^1].PlaceIn(file.Log.Epoch);
        }
        File.Copy(older, Path.Combine(directory, "ledger.db"), overwrite: true);
        return read;
    }

    private LogFile Open(int inMemory) =>
        LogFile.Open(directory, "ledger", new KernelOptions { Delivery = new DeliveryOptions { TailEvents = inMemory } });

    private static async Task<IReadOnlyList<Envelope>> Read(LogFile file, LogPlace after)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await file.Log.ReadAsync(after, max: 10, timeout.Token);
    }

    private static Envelope Draft() => Envelopes.At(0) with { Source = "ledger" };
}
