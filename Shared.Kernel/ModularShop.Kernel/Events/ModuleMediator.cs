using MediatR;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>
/// A module's mediator. Publishing an integration event does not call handlers: it appends the event to the module's event log in the
/// transaction of the unit of work. Everything else is as in plain MediatR, but for the place of its caches: see
/// <see cref="HandlerWrappers"/>.
/// </summary>
internal sealed class ModuleMediator(
    IServiceProvider services,
    INotificationPublisher publisher,
    UnitOfWorkScope unitOfWork,
    PendingEvents pending,
    EnvelopeFactory envelopes,
    EventContext reactingTo,
    HandlerWrappers wrappers
) : IMediator
{
    public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return wrappers.Of(request).Handle(request, services, cancellationToken);
    }

    public Task Send<TRequest>(TRequest request, CancellationToken cancellationToken = default)
        where TRequest : IRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        return wrappers.OfVoid(request).Handle(request, services, cancellationToken);
    }

    public Task<object?> Send(object request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return wrappers.OfAny(request).Handle(request, services, cancellationToken);
    }

    public IAsyncEnumerable<TResponse> CreateStream<TResponse>(
        IStreamRequest<TResponse> request,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        return wrappers.Of(request).Handle(request, services, cancellationToken);
    }

    public IAsyncEnumerable<object?> CreateStream(object request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return wrappers.OfAnyStream(request).HandleAny(request, services, cancellationToken);
    }

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
        where TNotification : INotification => Publish((object)notification, cancellationToken);

    public Task Publish(object notification, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification is IntegrationEvent integrationEvent)
        {
            Append(integrationEvent);
            return Task.CompletedTask;
        }
        return notification is INotification other
            ? wrappers.Publish(other, services, publisher, cancellationToken)
            : throw new ArgumentException(
                $"{notification.GetType().Name} does not implement {nameof(INotification)}",
                nameof(notification)
            );
    }

    private void Append(IntegrationEvent integrationEvent) =>
        pending.Append(envelopes.Create(integrationEvent, reactingTo.Current, unitOfWork.Caller, unitOfWork.Transaction));
}
