using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Moves;

/// <summary>The routes by which processes move modules among each other.</summary>
internal static class MoveRoutes
{
    public static void AddMoves(this IServiceCollection services)
    {
        services.AddSingleton<Arrivals>();
        services.AddSingleton<MovePreflight>();
        services.AddSingleton<MoveRerouting>();
        services.AddSingleton<Departures>();
        services.AddHostedService(provider => provider.GetRequiredService<Departures>());
    }

    public static void MapMoves(this WebApplication app)
    {
        var bus = app.MapGroup("/bus/v1").ExcludeFromDescription();
        bus.MapPost("/topology", UseTopology);
        bus.MapPost("/moves/consider", (MoveQuestion question, Arrivals arrivals) => arrivals.Consider(question));
        var move = bus.MapGroup("/moves/{module}/{id:guid}");
        move.MapPost("/begin", (MovePlan plan, bool same, Arrivals arrivals, CancellationToken ct) => arrivals.Begin(plan, same, ct));
        move.MapPost("/file", ReceiveFile);
        move.MapPost("/wal", ReceiveWal);
        move.MapPost(
            "/accept",
            // Decided even if the other process disconnects.
            (string module, Guid id, MoveSeal seal, Arrivals arrivals) => arrivals.Accept(module, id, seal, CancellationToken.None)
        );
        move.MapPost("/refuse", (MovePlan plan, Arrivals arrivals) => arrivals.Refuse(plan, CancellationToken.None));
    }

    private static async Task<MoveReceipt> ReceiveFile(string module, Guid id, Arrivals arrivals, HttpContext http, CancellationToken ct)
    {
        LiftLimit(http);
        return new MoveReceipt(await arrivals.ReceiveFile(module, id, http.Request.Body, ct));
    }

    private static Task ReceiveWal(string module, Guid id, long offset, Arrivals arrivals, HttpContext http, CancellationToken ct)
    {
        LiftLimit(http);
        return arrivals.ReceiveWal(module, id, offset, http.Request.Body, ct);
    }

    private static async Task UseTopology(Topology topology, TopologyFile file, Placement placement) =>
        placement.Use(await file.Update(topology));

    private static void LiftLimit(HttpContext http)
    {
        var size = http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        size.MaxRequestBodySize = null;
    }
}
