using System.Text.Json;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary>Properties that commands derive from a shop's views.</summary>
internal static class ShopViews
{
    extension(ModuleView module)
    {
        /// <summary>The state's name in messages and in JSON.</summary>
        public string StateName => NameOf(module.State);

        public bool IsRunning => module.State == ModuleState.Running;

        public bool IsQuarantined => module.State == ModuleState.Quarantined;

        public bool IsUnreachable => module.State == ModuleState.Unreachable;
    }

    extension(SubscriptionView subscription)
    {
        /// <summary>The state's name in messages and in JSON.</summary>
        public string StateName => NameOf(subscription.State);

        /// <summary>
        /// Whether all published events of its source are applied or are dead letters. Without its source, that is not known.
        /// </summary>
        public bool IsCaughtUp => subscription is { Lag: 0, FillsUntil: null, State: SubscriptionState.Running };
    }

    private static string NameOf<TState>(TState state)
        where TState : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
}
