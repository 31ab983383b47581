using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Events;

/// <summary>The subscriptions of one module, one for each source of its events.</summary>
internal sealed class Subscriptions(
    ModuleIdentity module,
    HandledEvents handled,
    ILogRegistry logs,
    Checkpoints checkpoints,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger<Subscriptions> logger
)
{
    public IReadOnlyList<Subscription> All { get; } =
    [.. handled.Sources.Select(source => new Subscription(module.Name, source, logs, checkpoints, options, clock, logger))];

    public Subscription? Find(string source) => All.FirstOrDefault(subscription => subscription.Source == source);
}
