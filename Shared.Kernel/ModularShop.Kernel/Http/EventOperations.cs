using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Http;

/// <summary>The events of each module's log, as CloudEvents: listed, shown, and followed as they come.</summary>
internal static class EventOperations
{
    private const int StreamBatch = 256;

    public static void MapEvents(this RouteGroupBuilder admin)
    {
        admin.MapGet("/modules/{module}/events", List);
        admin.MapGet("/modules/{module}/events/{position:long}", Show);
        admin.MapGet("/modules/{module}/events/stream", Follow);
    }

    private static IEnumerable<JsonObject> List(string module, ModuleHosts modules, long? after, int? limit, string? name, string? key)
    {
        var log = Operations.Running<EventLog>(module, modules);
        return Parts
            .Read<Envelope>(
                Cursor.Limit(limit),
                (last, max) => log.ReadFile(last?.Position ?? after ?? 0, max, name, key, Parts.MaxCharacters),
                envelope => envelope.Payload.Length
            )
            .Select(envelope => envelope.ToCloudEvent());
    }

    private static JsonObject Show(string module, long position, ModuleHosts modules) =>
        Operations.Running<EventLog>(module, modules).ReadFile(position - 1, max: 1) is [var envelope] && envelope.Position == position
            ? envelope.ToCloudEvent()
            : throw new NotFoundException("event at position", position);

    /// <summary>
    /// One JSON object a line, from a position or from now on, until the caller leaves or the process ends. Goes on
    /// when the module restarts.
    /// </summary>
    private static async Task Follow(
        string module,
        long? after,
        ModuleHosts modules,
        EventBus bus,
        IHostApplicationLifetime lifetime,
        HttpContext http
    )
    {
        var source = Operations.Find(module, modules).Module.Name;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var position = after ?? bus.Find(source)?.LastPosition;
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
                var log = await bus.WaitFor(source, ending.Token);
                // A file that was replaced may hold fewer events than the one before.
                position = Math.Min(position ?? log.LastPosition, log.LastPosition);
                try
                {
                    while (true)
                    {
                        foreach (var envelope in await log.ReadAsync(position.Value, StreamBatch, ending.Token))
                        {
                            var line = envelope.ToCloudEvent().ToJsonString(JsonSerializerOptions.Web);
                            await http.Response.WriteAsync(line + "\n", ending.Token);
                            position = envelope.Position;
                        }
                        await http.Response.Body.FlushAsync(ending.Token);
                    }
                }
                catch (LogClosedException)
                {
                    bus.Unregister(log);
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller has all that was flushed; there is no other end to this answer.
        }
    }
}
