using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Processes;

/// <summary>What every reader of a log promises. The same tests run on the log in this process and on one in another process.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class LogReaderTests(bool isRemote)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string directory = TestApplication.NewDirectory();
    private FeedServer? server;
    private LogFile file = null!;
    private ILogReader reader = null!;

    [SetUp]
    public async Task Start()
    {
        server = isRemote ? await FeedServer.Start() : null;
        await Open();
    }

    [TearDown]
    public async Task Stop()
    {
        await file.DisposeAsync();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Events_are_read_as_they_are_logged()
    {
        const string payload = """{"text":"ä \u00e4 😀","amount":1.50,  "big":12345678901234567890,"nested":{"a":[1,2,{}]}}""";
        var logged = await file.Append(
            Draft(payload) with
            {
                CausationId = Guid.CreateVersion7(),
                TraceParent = "00-trace-01",
                Actor = "someone",
                Key = "ключ",
            },
            Draft("no JSON")
        );

        Assert.That(await Read(Beginning), Is.EqualTo(logged));
    }

    [Test]
    public async Task Reading_goes_on_from_each_place_and_takes_no_more_than_asked_for()
    {
        var logged = await file.Append(Enumerable.Range(0, 5).Select(_ => Draft()));

        var read = await Read(logged[1].PlaceIn(file.Log.Epoch), max: 2);

        Assert.That(read, Is.EqualTo(logged[2..4]));
    }

    [Test]
    public async Task A_read_at_the_end_waits_for_the_next_event()
    {
        var logged = await file.Append(Draft());

        var reading = Read(logged[0].PlaceIn(file.Log.Epoch));
        var next = await file.Append(Draft());

        Assert.That(await reading, Is.EqualTo(next));
    }

    [Test]
    public async Task A_read_that_waits_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var reading = reader.ReadAsync(Beginning, max: 10, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThatAsync(() => reading.WaitAsync(Deadline), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task The_end_of_the_log_is_known_after_a_read()
    {
        await file.Append(Draft(), Draft(), Draft());

        await Read(Beginning, max: 1);

        Assert.That(reader.LastPosition, Is.EqualTo(3));
    }

    [Test]
    public async Task A_position_has_a_place_that_is_in_the_log()
    {
        var logged = await file.Append(Draft(), Draft());

        var place = await reader.PlaceAt(2, CancellationToken.None);

        Assert.That(place, Is.EqualTo(new LogPlace(file.Log.Epoch, 2, logged[1].EventId)));
        Assert.That(await reader.PlaceAt(0, CancellationToken.None), Is.EqualTo(Beginning));
        Assert.That(await reader.Check(place, CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_place_of_another_log_is_refused()
    {
        var other = new LogPlace("another", 0, EventId: null);

        Assert.That(await reader.Check(other, CancellationToken.None), Does.Contain("another one than the one read so far"));
        await Assert.ThatAsync(() => Read(other), Throws.TypeOf<LogMismatchException>().With.Message.Contains("another one than"));
    }

    [Test]
    public async Task A_place_beyond_the_end_is_refused_instead_of_waited_for()
    {
        var ahead = new LogPlace(file.Log.Epoch, 7, Guid.CreateVersion7());

        Assert.That(await reader.Check(ahead, CancellationToken.None), Does.Contain("ahead of the log"));
        await Assert.ThatAsync(() => Read(ahead), Throws.TypeOf<LogMismatchException>().With.Message.Contains("ahead of the log"));
    }

    [TestCase(1024)]
    [TestCase(1)]
    public async Task A_log_that_was_set_back_and_has_grown_again_refuses_the_next_read(int inMemory)
    {
        var older = Path.Combine(directory, "older");
        await file.Append(Draft());
        await file.DisposeAsync();
        File.Copy(Path.Combine(directory, "ledger.db"), older);
        await Open();
        var read = (await file.Append(Draft(), Draft()))[^1].PlaceIn(file.Log.Epoch);
        await file.DisposeAsync();
        File.Copy(older, Path.Combine(directory, "ledger.db"), overwrite: true);
        await Open(inMemory);
        await file.Append(Draft(), Draft(), Draft());

        await Assert.ThatAsync(
            () => Read(read),
            Throws.TypeOf<LogMismatchException>().With.Message.Contains("another event at position 3")
        );
    }

    [Test]
    public async Task A_read_that_waits_ends_when_the_log_is_closed()
    {
        var reading = Read(Beginning);
        var waiting = reader.WaitUntilClosed(CancellationToken.None);

        await Close();

        await Assert.ThatAsync(() => reading.WaitAsync(Deadline), Throws.TypeOf<LogClosedException>());
        await Assert.ThatAsync(() => waiting.WaitAsync(Deadline), Throws.TypeOf<LogClosedException>());
        await Assert.ThatAsync(() => Read(Beginning), Throws.TypeOf<LogClosedException>());
    }

    private LogPlace Beginning => new(file.Log.Epoch, 0, EventId: null);

    private async Task Open(int inMemory = 1024)
    {
        file = LogFile.Open(directory, "ledger", new KernelOptions { Delivery = new DeliveryOptions { TailEvents = inMemory } });
        server?.Serve(file.Log);
        reader = server is null ? file.Log : await server.Open("ledger");
    }

    private Task Close()
    {
        server?.Withdraw(file.Log);
        file.Log.Dispose();
        return Task.CompletedTask;
    }

    private async Task<IReadOnlyList<Envelope>> Read(LogPlace after, int max = 10) =>
        await reader.ReadAsync(after, max, CancellationToken.None).AsTask().WaitAsync(Deadline);

    private static Envelope Draft(string payload = "{}") => Envelopes.At(0, payload) with { Source = "ledger" };
}
