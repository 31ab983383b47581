using System.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Creates the envelopes of the events that a module publishes.</summary>
internal sealed class EnvelopeFactory(ModuleIdentity module, EventTypes types, EventSerializer serializer, TimeProvider clock)
{
    /// <summary>Creates the envelope of an event, without a position, which the log gives it.</summary>
    /// <param name="cause">The event that the module is reacting to; null when there is none.</param>
    /// <param name="caller">On whose behalf the event is published.</param>
    /// <param name="transaction">The transaction that the event is appended in; null outside a unit of work.</param>
    /// <exception cref="InvalidOperationException">The event belongs to another module, its key is empty, or there is no transaction.</exception>
    public Envelope Create(IntegrationEvent integrationEvent, Envelope? cause, Caller caller, WriteTransaction? transaction)
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
        if (transaction is null)
        {
            throw new InvalidOperationException(
                $"'{type.Name}' was published outside a unit of work. Publish from the handler of an ICommand or from a reaction, "
                    + "so that the event is committed with the change that it tells of."
            );
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
            Payload(integrationEvent, type, transaction),
            caller.Subject
        );
    }

    private string Payload(IntegrationEvent integrationEvent, EventType type, WriteTransaction transaction) =>
        type.Personal is { } personal
            ? serializer.Serialize(integrationEvent, type, personal, person => PersonKeys.FindOrMake(transaction, person))
            : serializer.Serialize(integrationEvent);
}
