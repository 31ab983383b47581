using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Operations;

/// <summary>The events of each module's log as CloudEvents: list, show, and follow as they are published.</summary>
internal static class EventRoutes
{
    private const int StreamBatch = 256;

    public static void MapEvents(this RouteGroupBuilder admin)
    {
        admin.MapGet("/modules/{module}/events", List);
        admin.MapGet("/modules/{module}/events/{position:long}", Show);
        admin.MapGet("/modules/{module}/events/stream", Follow);
    }

    private static IEnumerable<JsonElement> List(
        string module,
        ModuleSupervisors modules,
        long? after,
        int? limit,
        string? name,
        string? key
    )
    {
        var log = AdminRoutes.Running<EventLog>(module, modules);
        return Parts
            .Read<Envelope>(
                Cursor.Limit(limit),
                (last, max) => log.ReadFile(last?.Position ?? after ?? 0, max, name, key, Parts.MaxCharacters),
                envelope => envelope.Payload.Length
            )
            .Select(CloudEvents.Of);
    }

    private static JsonElement Show(string module, long position, ModuleSupervisors modules) =>
        AdminRoutes.Running<EventLog>(module, modules).ReadFile(position - 1, max: 1) is [var envelope] && envelope.Position == position
            ? CloudEvents.Of(envelope)
            : throw new NotFoundException("event at position", position);

    /// <summary>
    /// Sends one JSON object per line, from a position or from now on, until the caller disconnects or the process ends. Continues when
    /// the module restarts.
    /// </summary>
    private static async Task Follow(
        string module,
        long? after,
        ModuleSupervisors modules,
        ILogRegistry logs,
        IHostApplicationLifetime lifetime,
        HttpContext http
    )
    {
        var source = AdminRoutes.Find(module, modules).Descriptor.Name;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var position = after ?? logs.Find(source)?.LastPosition;
        http.Response.ContentType = "application/x-ndjson";
        try
        {
            await http.Response.Body.FlushAsync(ending.Token);
            if (http.Features.Get<HeadOnly>() is not null)
            {
                return;
            }
            while (true)
            {
                var log = await logs.WaitFor(source, ending.Token);
                try
                {
                    // The file may have been replaced by one with fewer events.
                    var place = await log.PlaceAt(Math.Min(position ?? log.LastPosition, log.LastPosition), ending.Token);
                    while (true)
                    {
                        foreach (var envelope in await log.ReadAsync(place, StreamBatch, ending.Token))
                        {
                            var line = CloudEvents.Of(envelope).GetRawText();
                            await http.Response.WriteAsync(line + "\n", ending.Token);
                            place = envelope.PlaceIn(place.Epoch);
                            position = place.Position;
                        }
                        await http.Response.Body.FlushAsync(ending.Token);
                    }
                }
                catch (LogClosedException)
                {
                    logs.Unregister(log);
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller has received everything that was flushed. This answer has no other end.
        }
    }
}
