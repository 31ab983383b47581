using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>A subscription as people see it. A lag is counted in events of the source's log.</summary>
/// <param name="FillsUntil">The position at which the read copies of the source are whole again; null when they are.</param>
internal sealed record SubscriptionStatus(
    string Subscriber,
    string Source,
    string State,
    long Position,
    long Lag,
    long DeadLetters,
    long Parked,
    long? FillsUntil,
    string? Error
)
{
    /// <summary>Null when the subscriber is not running.</summary>
    public static SubscriptionStatus? Of(ModuleHost module, string source) =>
        Find(module).Where(subscription => subscription.Source == source).Select(s => Of(module, s)).FirstOrDefault();

    public static IEnumerable<SubscriptionStatus> All(ModuleHost module) => [.. Find(module).Select(s => Of(module, s))];

    private static IReadOnlyList<Subscription> Find(ModuleHost module) => module.Services?.GetRequiredService<Subscriptions>().All ?? [];

    private static SubscriptionStatus Of(ModuleHost module, Subscription subscription)
    {
        var (dead, parked, unknown) = CountLetters(module, subscription.Source);
        return new SubscriptionStatus(
            module.Module.Name,
            subscription.Source,
            JsonNamingPolicy.KebabCaseLower.ConvertName(subscription.State.ToString()),
            subscription.Position,
            Math.Max(0, (subscription.LastPosition ?? subscription.Position) - subscription.Position),
            dead,
            parked,
            subscription.FillsUntil,
            subscription.Error ?? unknown
        );
    }

    // One module's file that cannot be read does not keep anybody from seeing the others' subscriptions.
    private static (long Dead, long Parked, string? Unknown) CountLetters(ModuleHost module, string source)
    {
        if (module.Services is not { } services)
        {
            return default;
        }
        try
        {
            var (dead, parked) = services.GetRequiredService<DeadLetters>().Count(source);
            return (dead, parked, null);
        }
        catch (StorageException e)
        {
            return (0, 0, e.Message);
        }
    }
}
