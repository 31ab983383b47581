using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Events;

/// <summary>What a subscription is doing just now.</summary>
[JsonConverter(typeof(KebabCaseJson<SubscriptionState>))]
public enum SubscriptionState
{
    /// <summary>The source is not running here.</summary>
    WaitingForSource,

    /// <summary>Reading and applying the source's log.</summary>
    Running,

    /// <summary>A handler failed; the event is tried again after a pause.</summary>
    Retrying,

    /// <summary>The checkpoint does not fit the source's log; a person must decide.</summary>
    Halted,

    Stopped,
}
