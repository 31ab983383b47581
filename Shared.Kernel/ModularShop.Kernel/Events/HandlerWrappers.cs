using System.Collections.Concurrent;
using MediatR;
using MediatR.Wrappers;

namespace ModularShop.Kernel.Events;

/// <summary>
/// MediatR's wrappers, which call the handlers of a request or notification whose type is known at run time only. MediatR's own
/// mediator keeps them in static fields, and with them every module's assembly for the life of the process. Each container of a
/// module has its own instance of this class.
/// </summary>
internal sealed class HandlerWrappers
{
    private readonly ConcurrentDictionary<Type, RequestHandlerBase> requests = new();
    private readonly ConcurrentDictionary<Type, NotificationHandlerWrapper> notifications = new();
    private readonly ConcurrentDictionary<Type, StreamWrapper> streams = new();

    public RequestHandlerWrapper<TResponse> Of<TResponse>(IRequest<TResponse> request) =>
        (RequestHandlerWrapper<TResponse>)
            requests.GetOrAdd(
                request.GetType(),
                static type => Create<RequestHandlerBase>(typeof(RequestHandlerWrapperImpl<,>), type, typeof(TResponse))
            );

    public RequestHandlerWrapper OfVoid(IRequest request) =>
        (RequestHandlerWrapper)
            requests.GetOrAdd(request.GetType(), static type => Create<RequestHandlerBase>(typeof(RequestHandlerWrapperImpl<>), type));

    /// <exception cref="ArgumentException">The object is not a request.</exception>
    public RequestHandlerBase OfAny(object request) =>
        requests.GetOrAdd(
            request.GetType(),
            static type =>
                ResponseOf(type, typeof(IRequest<>)) is { } response
                    ? Create<RequestHandlerBase>(typeof(RequestHandlerWrapperImpl<,>), type, response)
                : type.IsAssignableTo(typeof(IRequest)) ? Create<RequestHandlerBase>(typeof(RequestHandlerWrapperImpl<>), type)
                : throw new ArgumentException($"{type.Name} does not implement {nameof(IRequest)}", nameof(request))
        );

    public StreamWrapper<TResponse> Of<TResponse>(IStreamRequest<TResponse> request) =>
        (StreamWrapper<TResponse>)
            streams.GetOrAdd(request.GetType(), static type => Create<StreamWrapper>(typeof(StreamWrapper<,>), type, typeof(TResponse)));

    /// <exception cref="ArgumentException">The object is not a stream request.</exception>
    public StreamWrapper OfAnyStream(object request) =>
        streams.GetOrAdd(
            request.GetType(),
            static type =>
                ResponseOf(type, typeof(IStreamRequest<>)) is { } response
                    ? Create<StreamWrapper>(typeof(StreamWrapper<,>), type, response)
                    : throw new ArgumentException($"{type.Name} does not implement IStreamRequest<TResponse>", nameof(request))
        );

    /// <summary>Calls the handlers of a notification through a publisher.</summary>
    public Task Publish(INotification notification, IServiceProvider services, INotificationPublisher publisher, CancellationToken ct) =>
        notifications
            .GetOrAdd(
                notification.GetType(),
                static type => Create<NotificationHandlerWrapper>(typeof(NotificationHandlerWrapperImpl<>), type)
            )
            .Handle(notification, services, publisher.Publish, ct);

    private static Type? ResponseOf(Type type, Type openInterface) =>
        Array
            .Find(type.GetInterfaces(), each => each.IsGenericType && each.GetGenericTypeDefinition() == openInterface)
            ?.GenericTypeArguments[0];

    private static T Create<T>(Type openType, params Type[] arguments) => (T)Activator.CreateInstance(openType.MakeGenericType(arguments))!;
}
