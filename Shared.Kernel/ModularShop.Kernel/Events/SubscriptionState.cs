using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Events;

/// <summary>The current activity of a subscription.</summary>
[JsonConverter(typeof(KebabCaseJson<SubscriptionState>))]
public enum SubscriptionState
{
    /// <summary>The source module does not run in this process, and no process that runs it answers.</summary>
    WaitingForSource,

    /// <summary>The subscription reads and applies the source's log.</summary>
    Running,

    /// <summary>A handler or the storage failed. The event is tried again after a pause.</summary>
    Retrying,

    /// <summary>The checkpoint does not fit the source's log. A person must decide.</summary>
    Halted,

    Stopped,

    /// <summary>The subscriber runs in another process, which could not be asked.</summary>
    Unreachable,
}
