using System.Text.Json;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary>What commands ask about what a shop tells of itself.</summary>
internal static class ShopViews
{
    extension(ModuleView module)
    {
        /// <summary>Its state as it stands in messages and in JSON.</summary>
        public string StateName => NameOf(module.State);

        public bool IsRunning => module.State == ModuleState.Running;

        public bool IsQuarantined => module.State == ModuleState.Quarantined;
    }

    extension(SubscriptionView subscription)
    {
        /// <summary>Its state as it stands in messages and in JSON.</summary>
        public string StateName => NameOf(subscription.State);

        /// <summary>
        /// All that its source has published took effect or is a dead letter. A source that is not there has nothing, but what is
        /// only half replayed is not made whole by its leaving.
        /// </summary>
        public bool IsCaughtUp =>
            subscription is { Lag: 0, FillsUntil: null, State: SubscriptionState.Running or SubscriptionState.WaitingForSource };
    }

    private static string NameOf<TState>(TState state)
        where TState : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
}
