using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Operations;

/// <summary><c>/health/live</c> and <c>/health/ready</c>. The latter has one entry for each module and each subscription.</summary>
internal static class Health
{
    public static void AddModuleHealthChecks(this IServiceCollection services, IEnumerable<ModuleDescriptor> modules)
    {
        var checks = services.AddHealthChecks();
        foreach (var module in modules)
        {
            checks.Add(
                new HealthCheckRegistration(
                    NameOf(module),
                    provider => new ModuleCheck(provider.GetRequiredService<ModuleSupervisors>(), module.Name),
                    failureStatus: null,
                    [module.Name]
                )
            );
            foreach (var source in module.Sources)
            {
                checks.Add(
                    new HealthCheckRegistration(
                        $"subscription {module.Name} <- {source}",
                        provider => new SubscriptionCheck(provider.GetRequiredService<ModuleSupervisors>(), module.Name, source),
                        failureStatus: null,
                        [module.Name]
                    )
                );
            }
        }
    }

    /// <summary>The name of a module's entry.</summary>
    public static string NameOf(ModuleDescriptor module) => $"module {module.Name}";

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteLive });
        app.MapGet("/health/ready", Ready).ExcludeFromDescription();
    }

    // With ?here, for what watches over one process: a process is not started again because another one is ill.
    private static async Task<IResult> Ready(OverallHealth health, string? here, CancellationToken ct)
    {
        var view = await (here is null ? health.Everywhere(ct) : health.Here(ct));
        return TypedResults.Json(
            view,
            statusCode: view.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK
        );
    }

    private static Task WriteLive(HttpContext http, HealthReport report) =>
        http.Response.WriteAsJsonAsync(HealthView.Of(new Dictionary<string, HealthEntry>()));

    private sealed class ModuleCheck(ModuleSupervisors modules, string name) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            var module = modules.Find(name)!;
            var sizes = FileSizes.Of(module.File);
            var data = new Dictionary<string, object>
            {
                ["state"] = module.State,
                ["fileBytes"] = sizes.File,
                ["walBytes"] = sizes.Wal,
            };
            return Task.FromResult(
                module.State != ModuleState.Running ? HealthCheckResult.Unhealthy($"{module.Reason} {module.Cure}".Trim(), data: data)
                : module.Failure is { } failure ? HealthCheckResult.Unhealthy(failure.ToString(), data: data)
                : module.Stuck is var (reason, cure) ? HealthCheckResult.Degraded($"{reason} {cure}", data: data)
                : HealthCheckResult.Healthy(data: data)
            );
        }
    }

    private sealed class SubscriptionCheck(ModuleSupervisors modules, string subscriber, string source) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            if (OperatorViews.SubscriptionsOf(modules.Find(subscriber)!).FirstOrDefault(view => view.Source == source) is not { } status)
            {
                return Task.FromResult(HealthCheckResult.Degraded("The subscriber is not running."));
            }
            var data = new Dictionary<string, object>
            {
                ["state"] = status.State,
                ["position"] = status.Position,
                ["lag"] = status.Lag,
                ["deadLetters"] = status.DeadLetters,
                ["parked"] = status.Parked,
            };
            return Task.FromResult(
                status switch
                {
                    { State: SubscriptionState.Halted } => HealthCheckResult.Unhealthy(status.Error, data: data),
                    { State: SubscriptionState.Stopped } => HealthCheckResult.Unhealthy("Nothing reads the source.", data: data),
                    { State: SubscriptionState.WaitingForSource }
                        when modules.Find(source) is { State: ModuleState.Quarantined } quarantined => HealthCheckResult.Unhealthy(
                        $"'{source}' is quarantined: {quarantined.Reason}",
                        data: data
                    ),
                    { State: SubscriptionState.WaitingForSource } => HealthCheckResult.Degraded(
                        $"'{source}' cannot be read: it does not run here, and no process that runs it answers.",
                        data: data
                    ),
                    { DeadLetters: > 0 } or { Parked: > 0 } => HealthCheckResult.Degraded("There are dead letters.", data: data),
                    { FillsUntil: { } until } => HealthCheckResult.Degraded(
                        $"A read copy is being filled: {status.Position} of {until} events. Commands that decide on it wait.",
                        data: data
                    ),
                    // The message of a failed reaction may contain data of the event. It is shown to operators only.
                    { Error: not null } => HealthCheckResult.Degraded($"It is stuck after position {status.Position}.", data: data),
                    _ => HealthCheckResult.Healthy(data: data),
                }
            );
        }
    }
}
