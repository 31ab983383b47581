using System.Globalization;
using System.Net;
using System.Text.Json;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// The log of a module that runs in another process, read from that process's <see cref="Feed"/>. It is closed when the process does not
/// answer or does not have the module any more. A new one is opened then: see <see cref="RemoteLogs"/>.
/// </summary>
internal sealed class RemoteLog : ILogReader
{
    private readonly AskProcess ask;
    private readonly BusOptions options;
    private readonly TimeProvider clock;
    private readonly string instance;
    private readonly TaskCompletionSource<string> closed = new();
    private long lastPosition;

    private RemoteLog(string source, AskProcess ask, LogHead head, BusOptions options, TimeProvider clock)
    {
        Source = source;
        this.ask = ask;
        this.options = options;
        this.clock = clock;
        instance = head.Instance;
        lastPosition = head.LastPosition;
    }

    public string Source { get; }

    public long LastPosition => Interlocked.Read(ref lastPosition);

    /// <summary>Completes with the reason when the log is closed.</summary>
    public Task<string> Closed => closed.Task;

    /// <exception cref="ProcessUnreachableException">The process does not answer.</exception>
    /// <exception cref="RefusedByProcessException">The process does not have the module, or does not accept the secret.</exception>
    /// <exception cref="FormatException">The answer is not that of a feed.</exception>
    public static async Task<RemoteLog> Open(string source, AskProcess ask, BusOptions options, TimeProvider clock, CancellationToken ct)
    {
        var head = await ask(Feed.HeadOf(source), options.AnswerTimeout, ct);
        return new RemoteLog(source, ask, head.Read<LogHead>(), options, clock);
    }

    public void Close(string reason) => closed.TrySetResult(reason);

    public async ValueTask<LogPlace> PlaceAt(long position, CancellationToken ct)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{Feed.HeadOf(Source)}?at={position}");
        var place = (await Get(path, options.AnswerTimeout, ct)).Read<LogHead>();
        return new LogPlace(place.Epoch, position, place.EventId);
    }

    public async ValueTask<string?> Check(LogPlace place, CancellationToken ct)
    {
        try
        {
            await ReadOnce(place, max: 0, TimeSpan.Zero, ct);
            return null;
        }
        catch (LogMismatchException e)
        {
            return e.Message;
        }
    }

    public async ValueTask<IReadOnlyList<Envelope>> ReadAsync(LogPlace after, int max, CancellationToken ct)
    {
        while (true)
        {
            var events = await ReadOnce(after, max, options.PollWait, ct);
            if (events.Count > 0)
            {
                return events;
            }
        }
    }

    public async ValueTask<IReadOnlyDictionary<Guid, byte[]>> KeysOf(IReadOnlyCollection<Guid> persons, CancellationToken ct)
    {
        var keys = new Dictionary<Guid, byte[]>();
        foreach (var some in persons.Chunk(Feed.MaxPersons))
        {
            foreach (
                var (person, key) in (await Get(Feed.KeysOf(Source, some), options.AnswerTimeout, ct)).Read<Dictionary<Guid, byte[]>>()
            )
            {
                keys[person] = key;
            }
        }
        return keys;
    }

    public async Task WaitUntilClosed(CancellationToken ct)
    {
        while (true)
        {
            await Task.WhenAny(closed.Task, Task.Delay(options.RetryDelay, clock, ct));
            ct.ThrowIfCancellationRequested();
            // The module may have restarted with another file in the meantime.
            if ((await Get(Feed.HeadOf(Source), options.AnswerTimeout, ct)).Read<LogHead>().Instance != instance)
            {
                Close("The module was restarted.");
            }
            ThrowIfClosed();
        }
    }

    private async Task<IReadOnlyList<Envelope>> ReadOnce(LogPlace after, int max, TimeSpan wait, CancellationToken ct)
    {
        var answer = await Get(Feed.EventsOf(Source, after, max, wait), wait + options.AnswerTimeout, ct);
        var events = Parse(answer.Body);
        Hear(Feed.LastPositionIn(answer.Headers));
        return events;
    }

    // Answers may arrive in another order than they were given.
    private void Hear(long position)
    {
        var known = LastPosition;
        while (position > known)
        {
            known = Interlocked.CompareExchange(ref lastPosition, position, known) is var found && found == known ? position : found;
        }
    }

    private List<Envelope> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var batch = JsonDocument.Parse(body);
            var events = new List<Envelope>(batch.RootElement.GetArrayLength());
            foreach (var cloudEvent in batch.RootElement.EnumerateArray())
            {
                var envelope = CloudEvents.Read(cloudEvent);
                events.Add(
                    envelope.Source == Source
                        ? envelope
                        : throw new FormatException($"An event of '{envelope.Source}' is in the log of '{Source}'.")
                );
            }
            return events;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The answer is not that of a feed: {e.Message}", e);
        }
    }

    private async Task<BusAnswer> Get(string path, TimeSpan limit, CancellationToken ct)
    {
        ThrowIfClosed();
        try
        {
            return await ask(path, limit, ct);
        }
        catch (RefusedByProcessException e) when (e.Status == HttpStatusCode.Conflict)
        {
            throw new LogMismatchException(e.Detail ?? e.Message);
        }
        catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException)
        {
            Close(e.Message);
            throw new LogClosedException();
        }
    }

    private void ThrowIfClosed()
    {
        if (closed.Task.IsCompleted)
        {
            throw new LogClosedException();
        }
    }
}

/// <summary>Sends a request to a process.</summary>
/// <param name="limit">How long the whole answer may take.</param>
/// <exception cref="ProcessUnreachableException">The process does not answer.</exception>
/// <exception cref="RefusedByProcessException">It answered with another status than success.</exception>
internal delegate Task<BusAnswer> AskProcess(string path, TimeSpan limit, CancellationToken ct);
