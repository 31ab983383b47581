using System.Globalization;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// The logs of this process's modules, for subscribers in other processes. Events are a batch of CloudEvents 1.0 in JSON; the payload is
/// byte for byte as it is logged. A request names the place up to which the subscriber has read: 409 when the log does not contain it,
/// 503 when the module does not run here.
/// </summary>
internal static class Feed
{
    public const string BatchType = "application/cloudevents-batch+json";
    private const string LastPosition = "Log-Last-Position";
    private const int MaxEvents = 16_384;

    /// <summary>The number of persons in one request for keys. The address must not become too long for servers on the way.</summary>
    public const int MaxPersons = 100;

    private const int FlushAt = 64 * 1024;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    public static string HeadOf(string source) => $"/bus/v1/{source}/log";

    public static string EventsOf(string source, LogPlace after, int max, TimeSpan wait) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"/bus/v1/{source}/events?epoch={Uri.EscapeDataString(after.Epoch)}&after={after.Position}&max={max}&wait={wait.TotalSeconds}"
        ) + (after.EventId is { } id ? $"&id={id}" : "");

    /// <param name="persons">At most <see cref="MaxPersons"/>.</param>
    public static string KeysOf(string source, IEnumerable<Guid> persons) =>
        $"/bus/v1/{source}/keys?{string.Join('&', persons.Select(person => $"person={person}"))}";

    /// <exception cref="FormatException">The answer is not that of a feed.</exception>
    public static long LastPositionIn(HttpResponseHeaders headers) =>
        headers.TryGetValues(LastPosition, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new FormatException($"The answer has no {LastPosition}.");

    public static void MapFeed(this RouteGroupBuilder bus)
    {
        bus.MapGet("/bus/v1/{module}/log", Head);
        bus.MapGet("/bus/v1/{module}/events", Events);
        bus.MapGet("/bus/v1/{module}/keys", Keys);
    }

    private static async Task<IResult> Head(string module, long? at, ILogRegistry logs, HttpContext http, CancellationToken ct)
    {
        if (Local(module, logs) is not { } log)
        {
            return NotHere(module, http);
        }
        var last = log.LastPosition;
        var place = at is 0 or null ? new LogPlace(log.Epoch, 0, null) : await log.PlaceAt(at.Value, ct);
        return TypedResults.Ok(new LogHead(log.Epoch, log.Instance, last, place.EventId));
    }

    private static async Task<IResult> Events(
        string module,
        string epoch,
        long after,
        Guid? id,
        int? max,
        double? wait,
        ILogRegistry logs,
        IHostApplicationLifetime lifetime,
        TimeProvider clock,
        HttpContext http
    )
    {
        if (Local(module, logs) is not { } log)
        {
            return NotHere(module, http);
        }
        var place = new LogPlace(epoch, after, id);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var events = await Read(log, place, max ?? MaxEvents, TimeSpan.FromSeconds(wait ?? 0), clock, ending.Token);
            return Answer(events, log.LastPosition, http);
        }
        catch (LogMismatchException e)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "The log does not contain this place.",
                detail: e.Message
            );
        }
        catch (Exception e)
            when (e is LogClosedException || lifetime.ApplicationStopping.IsCancellationRequested && e is OperationCanceledException)
        {
            return NotHere(module, http);
        }
    }

    private static async Task<IResult> Keys(string module, Guid[] person, ILogRegistry logs, HttpContext http, CancellationToken ct)
    {
        if (Local(module, logs) is not { } log)
        {
            return NotHere(module, http);
        }
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await log.KeysOf(person, ct));
    }

    /// <summary>
    /// The events after a place, as soon as there are any; empty when there are none until the wait is over, or when
    /// <paramref name="max"/> is 0.
    /// </summary>
    /// <exception cref="LogMismatchException">The log does not contain the place.</exception>
    /// <exception cref="LogClosedException">The log was closed in the meantime.</exception>
    public static async Task<IReadOnlyList<Envelope>> Read(
        EventLog log,
        LogPlace place,
        int max,
        TimeSpan wait,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (max == 0 || wait <= TimeSpan.Zero && place.Position >= log.LastPosition)
        {
            return await log.Check(place, ct) is { } mismatch ? throw new LogMismatchException(mismatch) : [];
        }
        using var over = new CancellationTokenSource(wait > MaxWait || wait <= TimeSpan.Zero ? MaxWait : wait, clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct, over.Token);
        try
        {
            return await log.ReadAsync(place, Math.Clamp(max, 1, MaxEvents), waiting.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>The answer to a request for events.</summary>
    public static IResult Answer(IReadOnlyList<Envelope> events, long lastPosition, HttpContext http)
    {
        http.Response.Headers[LastPosition] = lastPosition.ToString(CultureInfo.InvariantCulture);
        return new Batch(events);
    }

    // A log of another process is not passed on: its reader asks that process.
    private static EventLog? Local(string module, ILogRegistry logs) => logs.Find(module) as EventLog;

    private static ProblemHttpResult NotHere(string module, HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            detail: $"Module '{module}' does not run in this process now."
        );
    }

    /// <summary>Writes a batch of CloudEvents.</summary>
    public static async Task Write(PipeWriter target, IReadOnlyList<Envelope> events, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(target);
        json.WriteStartArray();
        foreach (var envelope in events)
        {
            CloudEvents.Write(json, envelope);
            if (json.BytesPending > FlushAt)
            {
                json.Flush();
                await target.FlushAsync(ct);
            }
        }
        json.WriteEndArray();
        json.Flush();
        await target.FlushAsync(ct);
    }

    private sealed class Batch(IReadOnlyList<Envelope> events) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = BatchType;
            httpContext.Response.Headers.CacheControl = "no-store";
            await Write(httpContext.Response.BodyWriter, events, httpContext.RequestAborted);
        }
    }
}

/// <summary>The identity of a log and its end.</summary>
/// <param name="Instance">Differs each time the module is started.</param>
/// <param name="EventId">The id of the event at the position that was asked for; null if there is none.</param>
internal sealed record LogHead(string Epoch, string Instance, long LastPosition, Guid? EventId);
