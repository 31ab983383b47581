using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Operations;

/// <summary>Creates the views of this process's modules for operators.</summary>
internal static class OperatorViews
{
    public static ModuleView Of(ModuleSupervisor supervisor)
    {
        var sizes = FileSizes.Of(supervisor.File);
        return new ModuleView(
            supervisor.Descriptor.Name,
            supervisor.Descriptor.Description,
            supervisor.State,
            supervisor.Reason ?? supervisor.Failure?.Reason ?? supervisor.Stuck?.Reason,
            supervisor.Cure ?? supervisor.Failure?.Cure ?? supervisor.Stuck?.Cure,
            Path.GetFileName(supervisor.File),
            supervisor.Descriptor.IsRebuildable,
            supervisor.Descriptor.ReadCopies,
            supervisor.Descriptor.Publishes,
            supervisor.Descriptor.ListensTo,
            supervisor.Services?.GetRequiredService<EventLog>().LastPosition,
            supervisor.Services?.GetRequiredService<SubscriptionNotices>().All ?? [],
            sizes.File,
            sizes.Wal,
            supervisor.WalLimit,
            supervisor.WalHoldsErased,
            supervisor.Descriptor.OwnsData
        );
    }

    /// <summary>Empty when the module is not running.</summary>
    public static IEnumerable<SubscriptionView> SubscriptionsOf(ModuleSupervisor supervisor) =>
        supervisor.Services is { } services
            ? [.. services.GetRequiredService<Subscriptions>().All.Select(each => Of(supervisor, services, each))]
            : [];

    public static DeadLetterView Of(string module, DeadLetter letter) =>
        new(
            letter.Id,
            letter.Status,
            letter.Envelope.Key,
            letter.Attempts,
            letter.Error,
            letter.Stack,
            letter.FailedAt,
            letter.Reason,
            CloudEvents.Of(letter.Envelope),
            module
        );

    private static SubscriptionView Of(ModuleSupervisor supervisor, IServiceProvider services, Subscription subscription)
    {
        var (dead, parked, unknown) = CountLetters(services.GetRequiredService<DeadLetters>(), subscription.Source);
        return new SubscriptionView(
            supervisor.Descriptor.Name,
            subscription.Source,
            subscription.State,
            subscription.Position,
            Math.Max(0, (subscription.LastPosition ?? subscription.Position) - subscription.Position),
            dead,
            parked,
            subscription.FillsUntil,
            subscription.Error ?? unknown
        );
    }

    // If one module's file cannot be read, the subscriptions of the others must still be shown.
    private static (long Dead, long Parked, string? Unknown) CountLetters(DeadLetters letters, string source)
    {
        try
        {
            var (dead, parked) = letters.Count(source);
            return (dead, parked, null);
        }
        catch (StorageException e)
        {
            return (0, 0, e.Message);
        }
    }
}
