using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Events;

internal static class SubscriptionServices
{
    /// <summary>
    /// Adds the subscriptions of a module and its dead letters. The services of the module itself, such as its file, its options and the
    /// events that it handles, must be added too.
    /// </summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) =>
        services
            .AddSingleton<Delivery>()
            .AddSingleton<DeadLetters>()
            .AddSingleton<DeadLetterWriter>()
            .AddSingleton<DeadLetterRetries>()
            .AddSingleton<Checkpoints>()
            .AddSingleton<Subscriptions>()
            .AddSingleton<SubscriptionNotices>()
            .AddSingleton<StartingPoints>()
            .AddSingleton<BatchApplier>()
            .AddTransient<Attempts>()
            .AddSingleton<Func<Subscription, Pump>>(provider =>
                subscription => ActivatorUtilities.CreateInstance<Pump>(provider, subscription)
            )
            .AddSingleton<Pumps>()
            .AddSingleton<Rebuilder>();
}
