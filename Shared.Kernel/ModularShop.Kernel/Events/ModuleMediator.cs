using System.Diagnostics;
using MediatR;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// A module's mediator. Publishing an integration event does not call handlers: it appends the event to the module's event log in the
/// transaction of the unit of work. Other notifications are handled inside the module, as in plain MediatR.
/// </summary>
internal sealed class ModuleMediator(
    IServiceProvider services,
    ModuleIdentity module,
    UnitOfWorkScope unitOfWork,
    PendingEvents pending,
    EventTypes types,
    EventSerializer serializer,
    EventContext reactingTo,
    TimeProvider clock,
    INotificationPublisher publisher
) : Mediator(services, publisher)
{
    protected override Task PublishCore(
        IEnumerable<NotificationHandlerExecutor> handlerExecutors,
        INotification notification,
        CancellationToken cancellationToken
    )
    {
        if (notification is not IntegrationEvent integrationEvent)
        {
            return base.PublishCore(handlerExecutors, notification, cancellationToken);
        }
        Append(integrationEvent);
        return Task.CompletedTask;
    }

    private void Append(IntegrationEvent integrationEvent)
    {
        var type = types.Of(integrationEvent.GetType());
        if (type.Source != module.Name)
        {
            throw new InvalidOperationException(
                $"Module '{module.Name}' cannot publish '{type.Name}': a module publishes its own events only."
            );
        }
        if (unitOfWork.Transaction is null)
        {
            throw new InvalidOperationException(
                $"'{type.Name}' was published outside a unit of work. Publish from the handler of an ICommand or from a reaction, "
                    + "so that the event is committed with the change that it tells of."
            );
        }
        var cause = reactingTo.Current;
        pending.Append(
            new Envelope(
                Position: 0,
                Guid.CreateVersion7(clock.GetUtcNow()),
                type.Source,
                type.Name,
                type.Version,
                string.IsNullOrEmpty(integrationEvent.Key)
                    ? throw new InvalidOperationException($"'{type.Name}' has an empty key.")
                    : integrationEvent.Key,
                clock.GetUtcNow(),
                cause?.CorrelationId ?? Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"),
                cause?.EventId,
                Activity.Current?.Id,
                serializer.Serialize(integrationEvent),
                unitOfWork.Caller.Subject
            )
        );
    }
}
