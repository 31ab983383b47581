using System.Diagnostics;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// Measures what it costs to read events over HTTP instead of from memory: a web server of this process serves them as the feed of a log
/// does, and they are read as by a subscriber in another process. Nothing but this process takes part.
/// </summary>
public sealed class FeedTrial : IAsyncDisposable
{
    private const string Epoch = "trial";
    private const int BatchSize = 100;
    private const int Rounds = 3;

    private readonly IReadOnlyList<Envelope> events;
    private readonly IReadOnlyList<Envelope> served;
    private readonly string source;
    private readonly WebApplication app;
    private readonly BusSecret secret = BusSecret.Random();
    private readonly BusOptions options = new();
    private readonly BusClient client;

    private FeedTrial(IReadOnlyList<Envelope> events)
    {
        this.events = events;
        source = events[0].Source;
        // Repeated, so that there is a whole batch.
        var count = Math.Max(BatchSize, events.Count);
        served = [.. Enumerable.Range(0, count).Select(i => events[i % events.Count] with { Position = i + 1 })];
        client = new BusClient(secret, options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddFeedCompression();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseBusSecret(secret);
        app.MapGet(Feed.HeadOf(source), () => TypedResults.Ok(new LogHead(Epoch, Instance: "1", Last, EventId: null)));
        app.MapGet(
            $"/bus/v1/{source}/events",
            (long after, int max, HttpContext http) => Feed.Answer([.. served.Skip((int)after).Take(max)], Last, http)
        );
    }

    /// <param name="events">Successive events of one log, as CloudEvents; at least one.</param>
    public static async Task<FeedTrial> Start(IReadOnlyList<JsonElement> events, CancellationToken ct)
    {
        var trial = new FeedTrial([.. events.Select(CloudEvents.Read)]);
        await trial.app.StartAsync(ct);
        return trial;
    }

    /// <param name="time">How long to read the events in a round. There are three rounds for each of two ways; the lowest counts.</param>
    public async Task<FeedCost> Measure(TimeSpan time, CancellationToken ct)
    {
        var process = new PlacedProcess("trial", new Uri(app.Urls.First()), Listen: null, Data: null, [source]);
        var log = await RemoteLog.Open(source, client.ConnectTo(process), options, TimeProvider.System, ct);
        var alone = await Lowest(log.ReadAsync, max: 1, time, ct);
        var batches = await Lowest(log.ReadAsync, BatchSize, time, ct);
        var tail = new EventTail(lastPosition: 0, served.Count, long.MaxValue);
        tail.Push(served);
        var local = await Lowest((after, max, _) => new(tail.After(after.Position, max)!), BatchSize, time / 10, ct);
        var (bytes, compressed) = await Sizes(ct);
        return new FeedCost(source, events.Count, bytes, compressed, alone, batches, local);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    private long Last => served.Count;

    // The first rounds also compile the code.
    private async Task<double> Lowest(ReadEvents read, int max, TimeSpan time, CancellationToken ct)
    {
        var lowest = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            lowest = Math.Min(lowest, await Read(read, max, time, ct));
        }
        return Math.Round(lowest, digits: 3);
    }

    // The processor time of both sides, as both are in this process.
    private async Task<double> Read(ReadEvents read, int max, TimeSpan time, CancellationToken ct)
    {
        var start = new LogPlace(Epoch, Position: 0, EventId: null);
        var (place, count) = (start, 0L);
        var (begun, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        while (count == 0 || Stopwatch.GetElapsedTime(begun) < time)
        {
            var got = await read(place, max, ct);
            count += got.Count;
            place = got[^1].Position == Last ? start : got[^1].PlaceIn(Epoch);
        }
        return (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count;
    }

    private async Task<(double Bytes, double Compressed)> Sizes(CancellationToken ct)
    {
        var (bytes, compressed) = (0L, 0L);
        foreach (var batch in events.Chunk(BatchSize))
        {
            using var plain = new MemoryStream();
            await Feed.Write(PipeWriter.Create(plain, new StreamPipeWriterOptions(leaveOpen: true)), batch, ct);
            using var small = new MemoryStream();
            await using (var brotli = new BrotliStream(small, CompressionLevel.Fastest, leaveOpen: true))
            {
                await brotli.WriteAsync(plain.GetBuffer().AsMemory(0, (int)plain.Length), ct);
            }
            bytes += plain.Length;
            compressed += small.Length;
        }
        return (Math.Round((double)bytes / events.Count, digits: 1), Math.Round((double)compressed / events.Count, digits: 1));
    }

    private delegate ValueTask<IReadOnlyList<Envelope>> ReadEvents(LogPlace after, int max, CancellationToken ct);
}

/// <summary>What an event of a log costs when it is read over HTTP. Times are processor time, of both sides together.</summary>
/// <param name="Events">The number of different events that were read.</param>
/// <param name="Bytes">The bytes of an event in the answer.</param>
/// <param name="CompressedBytes">The same as processes on different machines transfer it.</param>
/// <param name="MicrosecondsAlone">When each event is read by a request of its own, as when few are published.</param>
/// <param name="MicrosecondsInBatches">When 100 are read by each request, as during a catch-up.</param>
/// <param name="MicrosecondsLocal">When they are read from the memory of the same process.</param>
public sealed record FeedCost(
    string Source,
    int Events,
    double Bytes,
    double CompressedBytes,
    double MicrosecondsAlone,
    double MicrosecondsInBatches,
    double MicrosecondsLocal
);
