using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Http;

/// <summary>
/// What the person who runs the process may do, under <c>/admin/v1</c>: look at modules, subscriptions, events and
/// dead letters, retry, discard, rebuild, restart, back up. Answers local callers only.
/// </summary>
internal static class Operations
{
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

    private static async Task<IResult> Rebuild(string module, string? copy, ModuleHosts modules, CancellationToken ct)
    {
        await Running<Subscriptions>(module, modules).Rebuild(copy, ct);
        return TypedResults.Accepted("/admin/v1/subscriptions", SubscriptionStatus.All(Find(module, modules)));
    }

    private static IEnumerable<DeadLetterView> ListDeadLetters(string module, ModuleHosts modules, string? status, long? after, int? limit)
    {
        if (status is not null && !DeadLetterStatus.All.Contains(status))
        {
            throw new BadRequestException($"A status is one of {string.Join(", ", DeadLetterStatus.All)}.", "status");
        }
        var letters = Running<DeadLetters>(module, modules);
        return Parts
            .Read<DeadLetter>(
                Cursor.Limit(limit),
                (last, max) => letters.List(status, last?.Id ?? after ?? 0, max, Parts.MaxCharacters),
                letter => letter.Characters
            )
            .Select(letter => DeadLetterView.Of(letter) with { Stack = null });
    }

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
        var origin = context.HttpContext.Features.GetRequiredFeature<RequestOrigin>();
        return origin.Doubt is null
            ? next(context)
            : ValueTask.FromResult<object?>(
                TypedResults.Problem(
                    statusCode: StatusCodes.Status403Forbidden,
                    detail: $"Operations are open to programs on the same machine only. {origin.Doubt}"
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
        IReadOnlyList<string> ReadCopies,
        IReadOnlyList<string> Publishes,
        IReadOnlyList<string> ListensTo,
        long? Events,
        IReadOnlyList<string> Notices,
        long FileBytes,
        long WalBytes,
        long WalLimit,
        bool WalHoldsErased
    )
    {
        public static ModuleView Of(ModuleHost host) => Of(host, FileSizes.Of(host.File));

        private static ModuleView Of(ModuleHost host, FileSizes sizes) =>
            new(
                host.Module.Name,
                host.Module.Description,
                host.State.ToString().ToLowerInvariant(),
                host.Reason ?? host.Failure?.Reason ?? host.Stuck?.Reason,
                host.Cure ?? host.Failure?.Cure ?? host.Stuck?.Cure,
                Path.GetFileName(host.File),
                host.Module.OwnsData,
                host.Module.IsRebuildable,
                host.Module.ReadCopyNames,
                host.Module.Publishes,
                host.Module.ListensTo,
                host.Services?.GetRequiredService<EventLog>().LastPosition,
                host.Services?.GetRequiredService<Subscriptions>().Notices ?? [],
                sizes.File,
                sizes.Wal,
                host.WalLimit,
                host.WalHoldsErased
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
