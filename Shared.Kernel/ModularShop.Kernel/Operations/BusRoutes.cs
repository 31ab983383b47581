using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>
/// The routes under <c>/bus/v1</c>, which only other processes of the shop use: the logs of this process's modules, and what operators
/// ask about them. Every request must contain the secret that the processes share.
/// </summary>
internal static class BusRoutes
{
    public const string Modules = "/bus/v1/operations/modules";
    public const string Subscriptions = "/bus/v1/operations/subscriptions";
    public const string Health = "/bus/v1/operations/health";
    public const string Process = "/bus/v1/operations/process";

    private const string Load = "/bus/v1/operations/load";

    public static string LoadFor(int seconds) => string.Create(CultureInfo.InvariantCulture, $"{Load}?seconds={seconds}");

    public static void MapBus(this WebApplication app, BusSecret secret)
    {
        app.UseBusSecret(secret);
        var bus = app.MapGroup("").ExcludeFromDescription();
        bus.MapFeed();
        bus.MapGet(Modules, (Overview overview) => overview.ModulesHere());
        bus.MapGet(Subscriptions, (Overview overview) => overview.SubscriptionsHere());
        bus.MapGet(Process, (Overview overview) => overview.ProcessHere());
        bus.MapGet(Load, (Observation observation, int seconds, CancellationToken ct) => observation.Here(seconds, ct));
        var backup = bus.MapGroup("/bus/v1/backups/{id:guid}");
        backup.MapPost("/hold", (Guid id, BackupSessions sessions) => sessions.Hold(id));
        backup.MapPost("/look", (Guid id, BackupSessions sessions) => sessions.Look(id));
        backup.MapPost(
            "/files/{name}",
            (Guid id, string name, BackupSessions sessions, CancellationToken ct) => sessions.Copy(id, name, ct)
        );
        backup.MapGet("/files/{name}", (Guid id, string name, BackupSessions sessions) => TypedResults.Stream(sessions.Open(id)));
        backup.MapPost("/end", (Guid id, BackupSessions sessions) => sessions.End(id));
        bus.MapGet(Health, (OverallHealth health, CancellationToken ct) => health.Here(ct));
    }
}
