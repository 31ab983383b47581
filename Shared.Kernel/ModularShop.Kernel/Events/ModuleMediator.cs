using MediatR;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// A module's mediator. Publishing an integration event does not call handlers: it appends the event to the module's event log in the
/// transaction of the unit of work. Other notifications are handled inside the module, as in plain MediatR.
/// </summary>
internal sealed class ModuleMediator(
    IServiceProvider services,
    INotificationPublisher publisher,
    UnitOfWorkScope unitOfWork,
    PendingEvents pending,
    EnvelopeFactory envelopes,
    EventContext reactingTo
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
        var envelope = envelopes.Create(integrationEvent, reactingTo.Current, unitOfWork.Caller);
        if (unitOfWork.Transaction is null)
        {
            throw new InvalidOperationException(
                $"'{envelope.Name}' was published outside a unit of work. Publish from the handler of an ICommand or from a reaction, "
                    + "so that the event is committed with the change that it tells of."
            );
        }
        pending.Append(envelope);
    }
}
