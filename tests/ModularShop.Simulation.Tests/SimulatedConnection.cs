using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Processes;

namespace ModularShop.Simulation.Tests;

/// <summary>
/// The connection to the process of a module, instead of HTTP: requests and answers are lost, come late, are cut off, or repeat events. Answers
/// are the bytes of the feed, which the kernel's own reader reads.
/// </summary>
internal sealed class SimulatedConnection(World world, PlacedProcess process)
{
    private readonly Random random = new(world.Random.Next());

    public async Task<BusAnswer> Ask(string path, TimeSpan limit, CancellationToken ct)
    {
        if (Fails(1))
        {
            throw new ProcessUnreachableException(process, "The request was lost.");
        }
        if (Fails(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3000)), world.Clock, ct);
        }
        if (world.Find(process.Name) is not { IsDead: false, ServedLog: { } log })
        {
            throw new ProcessUnreachableException(process, "Nobody listens.");
        }
        var answer = await Answer(log, path, ct);
        if (Fails(1))
        {
            await Task.Delay(limit, world.Clock, ct);
            throw new ProcessUnreachableException(process, "The answer was lost.");
        }
        if (Fails(1))
        {
            throw new ProcessUnreachableException(process, "The answer was cut off.");
        }
        if (Fails(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3000)), world.Clock, ct);
        }
        return answer;
    }

    private async Task<BusAnswer> Answer(EventLog log, string path, CancellationToken ct)
    {
        var query = QueryHelpers.ParseQuery(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        try
        {
            if (!path.Contains("/events?", StringComparison.Ordinal))
            {
                var at = query.TryGetValue("at", out var position) ? Number(position!) : 0;
                var known = await log.PlaceAt(at, ct);
                return With(
                    JsonSerializer.SerializeToUtf8Bytes(new LogHead(log.Epoch, log.Instance, log.LastPosition, known.EventId)),
                    log
                );
            }
            var place = new LogPlace(
                query["epoch"]!,
                Number(query["after"]!),
                query.TryGetValue("id", out var id) ? Guid.Parse(id!) : null
            );
            return With(await Batch(await Read(log, place, (int)Number(query["max"]!), ct), ct), log);
        }
        catch (LogMismatchException e)
        {
            throw new RefusedByProcessException(process, HttpStatusCode.Conflict, e.Message);
        }
        catch (LogClosedException)
        {
            throw new RefusedByProcessException(process, HttpStatusCode.ServiceUnavailable, "The module does not run.");
        }
    }

    // No time limit: polls that end and begin again would always give the simulation a next step.
    private async Task<IReadOnlyList<Envelope>> Read(EventLog log, LogPlace place, int max, CancellationToken ct)
    {
        if (max == 0)
        {
            return await Feed.Read(log, place, max, TimeSpan.Zero, world.Clock, ct);
        }
        var events = await log.ReadAsync(place, max, ct);
        return !Fails(2) ? events
            : random.Next(2) == 0 ? [.. events.Take(1)]
            : log.ReadFile(Math.Max(0, place.Position - random.Next(1, 4)), max);
    }

    private static async Task<byte[]> Batch(IReadOnlyList<Envelope> events, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await Feed.Write(PipeWriter.Create(bytes), events, ct);
        return bytes.ToArray();
    }

    private static BusAnswer With(byte[] body, EventLog log)
    {
        using var answer = new HttpResponseMessage();
        answer.Headers.Add("Log-Last-Position", log.LastPosition.ToString(CultureInfo.InvariantCulture));
        return new BusAnswer(body, answer.Headers);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private bool Fails(int weight) => world.Chaos.ReadIsOdd && random.Next(8) < weight;
}
