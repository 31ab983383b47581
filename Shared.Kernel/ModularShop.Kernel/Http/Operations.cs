using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Http;

/// <summary>
/// What the person who runs the process may do, under <c>/admin/v1</c>: look at modules, subscriptions, events and
/// dead letters, retry, discard, rebuild, restart, back up. Answers local callers only.
/// </summary>
internal static class Operations
{
    private static readonly string[] SentByOthers = ["Origin", "Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    public static void MapOperations(this WebApplication app)
    {
        var admin = app.MapGroup("/admin/v1").AddEndpointFilter(LocalOnly).WithTags("operations");
        admin.MapGet("/process", (DataDirectory directory) => ProcessView.Of(directory));
        admin.MapGet("/modules", (ModuleHosts modules) => modules.All.Select(ModuleView.Of));
        admin.MapPost("/modules/{module}/restart", Restart);
        admin.MapPost("/modules/{module}/accept", Accept);
        admin.MapPost("/modules/{module}/rebuild", Rebuild);
        admin.MapGet("/subscriptions", (ModuleHosts modules) => modules.All.SelectMany(SubscriptionStatus.All));
        admin.MapEvents();
        admin.MapBackups();
        admin.MapGet("/modules/{module}/dead-letters", ListDeadLetters);
        admin.MapGet("/modules/{module}/dead-letters/{id:long}", ShowDeadLetter);
        admin.MapPost("/modules/{module}/dead-letters/{id:long}/retry", Retry);
        admin.MapPost("/modules/{module}/dead-letters/{id:long}/discard", Discard);
        admin.MapOpenApi("/openapi.json");
    }

    private static async Task<ModuleView> Restart(string module, ModuleHosts modules)
    {
        var host = Find(module, modules);
        await host.Restart(CancellationToken.None); // Once begun it is finished, whoever hangs up.
        return ModuleView.Of(host);
    }

    private static async Task<ModuleView> Accept(string module, ModuleHosts modules)
    {
        var host = Find(module, modules);
        await host.Accept(CancellationToken.None);
        return ModuleView.Of(host);
    }

    private static async Task<IResult> Rebuild(string module, ModuleHosts modules, CancellationToken ct)
    {
        await Running<Subscriptions>(module, modules).Rebuild(ct);
        return TypedResults.Accepted("/admin/v1/subscriptions", SubscriptionStatus.All(Find(module, modules)));
    }

    private static IEnumerable<DeadLetterView> ListDeadLetters(
        string module,
        ModuleHosts modules,
        string? status,
        long? after,
        int? limit
    ) =>
        Running<DeadLetters>(module, modules)
            .List(status, after ?? 0, Cursor.Limit(limit))
            .Select(letter => DeadLetterView.Of(letter) with { Stack = null });

    private static DeadLetterView ShowDeadLetter(string module, long id, ModuleHosts modules) =>
        DeadLetterView.Of(Running<DeadLetters>(module, modules).Find(id) ?? throw new NotFoundException("dead letter", id));

    private static async Task<ReleaseView> Retry(string module, long id, ModuleHosts modules, CancellationToken ct)
    {
        var (applied, stoppedBy) = await Running<Subscriptions>(module, modules).Retry(id, ct);
        return new ReleaseView(applied, stoppedBy is null ? null : DeadLetterView.Of(stoppedBy) with { Stack = null });
    }

    private static async Task<ReleaseView> Discard(string module, long id, DiscardBody body, ModuleHosts modules, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(body.Reason))
        {
            throw new BadRequestException("Say why; the reason is kept.", "reason");
        }
        var (applied, stoppedBy) = await Running<Subscriptions>(module, modules).Discard(id, body.Reason, ct);
        return new ReleaseView(applied, stoppedBy is null ? null : DeadLetterView.Of(stoppedBy) with { Stack = null });
    }

    internal static ModuleHost Find(string module, ModuleHosts modules) =>
        modules.Find(module) ?? throw new NotFoundException("module", module);

    internal static T Running<T>(string module, ModuleHosts modules)
        where T : notnull
    {
        var host = Find(module, modules);
        return host.Services is { } services
            ? services.GetRequiredService<T>()
            : throw new ConflictException($"Module '{host.Module.Name}' is not running: {host.Reason}");
    }

    // Events may hold personal data, and there is no operator's account yet. A page in a browser is no operator either.
    private static ValueTask<object?> LocalOnly(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isLocal =
            http.Connection.RemoteIpAddress is { } remote
            && IPAddress.IsLoopback(remote)
            // A page whose name was bound to this machine's address still sends its own name.
            && (
                http.Request.Host.Host == "localhost"
                || IPAddress.TryParse(http.Request.Host.Host, out var host) && IPAddress.IsLoopback(host)
            )
            && !Array.Exists(SentByOthers, http.Request.Headers.ContainsKey);
        return isLocal
            ? next(context)
            : ValueTask.FromResult<object?>(
                TypedResults.Problem(
                    statusCode: StatusCodes.Status403Forbidden,
                    detail: "Operations are open to programs on the same machine only."
                )
            );
    }

    private sealed record DiscardBody(string? Reason);

    private sealed record ReleaseView(int Applied, DeadLetterView? StoppedBy);

    private sealed record ProcessView(int ProcessId, string Runtime, string DataDirectory)
    {
        public static ProcessView Of(DataDirectory directory) => new(Environment.ProcessId, Environment.Version.ToString(), directory.Path);
    }

    private sealed record ModuleView(
        string Name,
        string Description,
        string State,
        string? Reason,
        string? Cure,
        string File,
        bool OwnsData,
        bool Rebuildable,
        IReadOnlyList<string> Publishes,
        IReadOnlyList<string> ListensTo,
        long? Events,
        IReadOnlyList<string> Notices
    )
    {
        public static ModuleView Of(ModuleHost host) =>
            new(
                host.Module.Name,
                host.Module.Description,
                host.State.ToString().ToLowerInvariant(),
                host.Reason ?? host.Failure?.Reason ?? host.Stuck?.Reason,
                host.Cure ?? host.Failure?.Cure ?? host.Stuck?.Cure,
                Path.GetFileName(host.File),
                host.Module.OwnsData,
                host.Module.IsRebuildable,
                host.Module.Publishes,
                host.Module.ListensTo,
                host.Services?.GetRequiredService<EventLog>().LastPosition,
                host.Services?.GetRequiredService<Subscriptions>().Notices ?? []
            );
    }

    private sealed record DeadLetterView(
        long Id,
        string Status,
        string Key,
        int Attempts,
        string? Error,
        string? Stack,
        DateTimeOffset FailedAt,
        string? Reason,
        object Event
    )
    {
        public static DeadLetterView Of(DeadLetter letter) =>
            new(
                letter.Id,
                letter.Status,
                letter.Envelope.Key,
                letter.Attempts,
                letter.Error,
                letter.Stack,
                letter.FailedAt,
                letter.Reason,
                letter.Envelope.ToCloudEvent()
            );
    }
}
