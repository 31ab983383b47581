using System.Runtime.ExceptionServices;
using MediatR;
using MediatR.Pipeline;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// MediatR's exception handlers. They are made when a request fails: when the module stops meanwhile, its container is gone, and
/// the caller is told of the request's own failure.
/// </summary>
internal sealed class ExceptionHandlersBehavior<TRequest, TResponse>(IServiceProvider services) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct) =>
        FirstFailure.Of(next, inner => new RequestExceptionProcessorBehavior<TRequest, TResponse>(services).Handle(request, inner, ct));
}

/// <summary>The same with exception actions.</summary>
internal sealed class ExceptionActionsBehavior<TRequest, TResponse>(IServiceProvider services) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct) =>
        FirstFailure.Of(
            next,
            inner => new RequestExceptionActionProcessorBehavior<TRequest, TResponse>(services).Handle(request, inner, ct)
        );
}

file static class FirstFailure
{
    public static async Task<T> Of<T>(RequestHandlerDelegate<T> next, Func<RequestHandlerDelegate<T>, Task<T>> around)
    {
        Exception? failure = null;
        try
        {
            return await around(async () =>
            {
                try
                {
                    return await next();
                }
                catch (Exception e)
                {
                    failure = e;
                    throw;
                }
            });
        }
        catch (ObjectDisposedException) when (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
    }
}
