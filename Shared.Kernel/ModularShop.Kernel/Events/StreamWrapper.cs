using System.Runtime.CompilerServices;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Events;

/// <summary>Calls the handler of a stream request and its behaviours, as MediatR's own wrapper does, which is not public.</summary>
internal abstract class StreamWrapper
{
    public abstract IAsyncEnumerable<object?> HandleAny(object request, IServiceProvider services, CancellationToken ct);
}

internal abstract class StreamWrapper<TResponse> : StreamWrapper
{
    public abstract IAsyncEnumerable<TResponse> Handle(IStreamRequest<TResponse> request, IServiceProvider services, CancellationToken ct);
}

internal sealed class StreamWrapper<TRequest, TResponse> : StreamWrapper<TResponse>
    where TRequest : IStreamRequest<TResponse>
{
    public override async IAsyncEnumerable<object?> HandleAny(
        object request,
        IServiceProvider services,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var item in Handle((IStreamRequest<TResponse>)request, services, ct))
        {
            yield return item;
        }
    }

    public override async IAsyncEnumerable<TResponse> Handle(
        IStreamRequest<TResponse> request,
        IServiceProvider services,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        StreamHandlerDelegate<TResponse> next = () =>
            services.GetRequiredService<IStreamRequestHandler<TRequest, TResponse>>().Handle((TRequest)request, ct);
        foreach (var behavior in services.GetServices<IStreamPipelineBehavior<TRequest, TResponse>>().Reverse())
        {
            var inner = next;
            next = () => behavior.Handle((TRequest)request, () => Cancellable(inner(), ct), ct);
        }
        await foreach (var item in next().WithCancellation(ct))
        {
            yield return item;
        }
    }

    private static async IAsyncEnumerable<TResponse> Cancellable(
        IAsyncEnumerable<TResponse> items,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var item in items.WithCancellation(ct))
        {
            yield return item;
        }
    }
}
