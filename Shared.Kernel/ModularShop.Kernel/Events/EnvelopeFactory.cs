using System.Diagnostics;

namespace ModularShop.Kernel.Events;

/// <summary>Creates the envelopes of the events that a module publishes.</summary>
internal sealed class EnvelopeFactory(ModuleIdentity module, EventTypes types, EventSerializer serializer, TimeProvider clock)
{
    /// <summary>Creates the envelope of an event, without a position, which the log gives it.</summary>
    /// <param name="cause">The event that the module is reacting to; null when there is none.</param>
    /// <param name="caller">On whose behalf the event is published.</param>
    /// <exception cref="InvalidOperationException">The event belongs to another module, or its key is empty.</exception>
    public Envelope Create(IntegrationEvent integrationEvent, Envelope? cause, Caller caller)
    {
        var type = types.Of(integrationEvent.GetType());
        if (type.Source != module.Name)
        {
            throw new InvalidOperationException(
                $"Module '{module.Name}' cannot publish '{type.Name}': a module publishes its own events only."
            );
        }
        if (string.IsNullOrEmpty(integrationEvent.Key))
        {
            throw new InvalidOperationException($"'{type.Name}' has an empty key.");
        }
        return new Envelope(
            Position: 0,
            Guid.CreateVersion7(clock.GetUtcNow()),
            type.Source,
            type.Name,
            type.Version,
            integrationEvent.Key,
            clock.GetUtcNow(),
            cause?.CorrelationId ?? Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"),
            cause?.EventId,
            Activity.Current?.Id,
            serializer.Serialize(integrationEvent),
            caller.Subject
        );
    }
}
