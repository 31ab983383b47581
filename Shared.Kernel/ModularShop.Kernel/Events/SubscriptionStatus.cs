using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;

namespace ModularShop.Kernel.Events;

/// <summary>A subscription as people see it. A lag is counted in events of the source's log.</summary>
internal sealed record SubscriptionStatus(
    string Subscriber,
    string Source,
    string State,
    long Position,
    long Lag,
    long DeadLetters,
    long Parked,
    string? Error
)
{
    /// <summary>Null when the subscriber is not running.</summary>
    public static SubscriptionStatus? Of(ModuleHost module, string source) => All(module).FirstOrDefault(status => status.Source == source);

    public static IReadOnlyList<SubscriptionStatus> All(ModuleHost module)
    {
        if (module.Services is not { } services)
        {
            return [];
        }
        var letters = services.GetRequiredService<DeadLetters>();
        return
        [
            .. services
                .GetRequiredService<Subscriptions>()
                .All.Select(subscription =>
                {
                    var (dead, parked) = letters.Count(subscription.Source);
                    return new SubscriptionStatus(
                        module.Module.Name,
                        subscription.Source,
                        JsonNamingPolicy.KebabCaseLower.ConvertName(subscription.State.ToString()),
                        subscription.Position,
                        Math.Max(0, (subscription.LastPosition ?? subscription.Position) - subscription.Position),
                        dead,
                        parked,
                        subscription.Error
                    );
                }),
        ];
    }
}
