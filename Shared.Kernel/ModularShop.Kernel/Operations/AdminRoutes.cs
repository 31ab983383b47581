using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Operations;

/// <summary>
/// The operators' routes under <c>/admin/v1</c>: show modules, subscriptions, events and dead letters; retry, discard, rebuild,
/// restart, back up. Only local callers are answered.
/// </summary>
internal static class AdminRoutes
{
    public const string Prefix = "/admin/v1";

    /// <param name="hasProcesses">Whether there are other processes that modules can be moved to.</param>
    public static void MapOperations(this WebApplication app, bool hasProcesses)
    {
        var admin = app.MapGroup(Prefix).AddEndpointFilter(LocalOnly).WithTags("operations");
        admin.MapGet("/process", (Overview overview) => overview.ProcessHere());
        admin.MapGet("/processes", (Overview overview, CancellationToken ct) => overview.Processes(ct));
        admin.MapGet("/modules", (Overview overview, CancellationToken ct) => overview.Modules(ct));
        admin.MapPost("/modules/{module}/restart", Restart);
        admin.MapPost("/modules/{module}/accept", Accept);
        admin.MapPost("/modules/{module}/rebuild", Rebuild);
        admin.MapGet("/subscriptions", (Overview overview, CancellationToken ct) => overview.Subscriptions(ct));
        admin.MapGet("/load", (Observation observation, int? seconds, CancellationToken ct) => observation.Everywhere(seconds ?? 0, ct));
        if (hasProcesses)
        {
            admin.MapMove();
        }
        admin.MapEvents();
        admin.MapBackups();
        admin.MapGet("/modules/{module}/dead-letters", ListDeadLetters);
        admin.MapGet("/modules/{module}/dead-letters/{id:long}", ShowDeadLetter);
        admin.MapPost("/modules/{module}/dead-letters/{id:long}/retry", Retry);
        admin.MapPost("/modules/{module}/dead-letters/{id:long}/discard", Discard);
        admin.MapOpenApi("/openapi.json");
    }

    private static async Task<ModuleView> Restart(string module, ModuleSupervisors modules)
    {
        var supervisor = Find(module, modules);
        await supervisor.Restart(CancellationToken.None); // Completed even if the caller disconnects.
        return OperatorViews.Of(supervisor);
    }

    private static async Task<ModuleView> Accept(string module, ModuleSupervisors modules)
    {
        var supervisor = Find(module, modules);
        await supervisor.Accept(CancellationToken.None);
        return OperatorViews.Of(supervisor);
    }

    private static async Task<IResult> Rebuild(string module, string? copy, ModuleSupervisors modules, CancellationToken ct)
    {
        await Running<Rebuilder>(module, modules).Rebuild(copy, Caller.LocalOperator, ct);
        return TypedResults.Accepted("/admin/v1/subscriptions", OperatorViews.SubscriptionsOf(Find(module, modules)));
    }

    private static IEnumerable<DeadLetterView> ListDeadLetters(
        string module,
        ModuleSupervisors modules,
        string? status,
        long? after,
        int? limit
    )
    {
        if (status is not null && !DeadLetterStatus.All.Contains(status))
        {
            throw new BadRequestException($"A status is one of {string.Join(", ", DeadLetterStatus.All)}.", "status");
        }
        var name = NameOf(module, modules);
        var letters = Running<DeadLetters>(name, modules);
        return Parts
            .Read<DeadLetter>(
                Cursor.Limit(limit),
                (last, max) => letters.List(status, last?.Id ?? after ?? 0, max, Parts.MaxCharacters),
                letter => letter.Characters
            )
            .Select(letter => OperatorViews.Of(name, letter) with { Stack = null });
    }

    private static DeadLetterView ShowDeadLetter(string module, long id, ModuleSupervisors modules) =>
        OperatorViews.Of(
            NameOf(module, modules),
            Running<DeadLetters>(module, modules).Find(id) ?? throw new NotFoundException("dead letter", id)
        );

    private static async Task<ReleaseView> Retry(string module, long id, ModuleSupervisors modules, CancellationToken ct)
    {
        var (applied, stoppedBy) = await Running<DeadLetterRetries>(module, modules).Retry(id, ct);
        return new ReleaseView(
            applied,
            stoppedBy is null ? null : OperatorViews.Of(NameOf(module, modules), stoppedBy) with { Stack = null }
        );
    }

    private static async Task<ReleaseView> Discard(
        string module,
        long id,
        DiscardBody body,
        ModuleSupervisors modules,
        CancellationToken ct
    )
    {
        if (string.IsNullOrWhiteSpace(body.Reason))
        {
            throw new BadRequestException("Say why; the reason is kept.", "reason");
        }
        var (applied, stoppedBy) = await Running<DeadLetterRetries>(module, modules).Discard(id, body.Reason, ct);
        return new ReleaseView(
            applied,
            stoppedBy is null ? null : OperatorViews.Of(NameOf(module, modules), stoppedBy) with { Stack = null }
        );
    }

    // The name in an address may be in upper case.
    private static string NameOf(string module, ModuleSupervisors modules) => Find(module, modules).Descriptor.Name;

    internal static ModuleSupervisor Find(string module, ModuleSupervisors modules) =>
        modules.Find(module) ?? throw new NotFoundException("module", module);

    internal static T Running<T>(string module, ModuleSupervisors modules)
        where T : notnull
    {
        var supervisor = Find(module, modules);
        return supervisor.Services is { } services
            ? services.GetRequiredService<T>()
            : throw new ConflictException($"Module '{supervisor.Descriptor.Name}' is not running: {supervisor.Reason}");
    }

    // Events may contain personal data, and operators have no accounts yet. Requests from browser pages are refused too.
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
}
