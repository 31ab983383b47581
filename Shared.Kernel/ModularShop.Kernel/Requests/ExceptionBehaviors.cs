using System.Runtime.ExceptionServices;
using MediatR;
using MediatR.Pipeline;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Runs MediatR's exception handlers. They are created when a request fails. If the module has stopped by then and its container is
/// disposed of, the caller receives the request's own exception.
/// </summary>
internal sealed class ExceptionHandlersBehavior<TRequest, TResponse>(IServiceProvider services) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct) =>
        FirstFailure.Of(next, inner => new RequestExceptionProcessorBehavior<TRequest, TResponse>(services).Handle(request, inner, ct));
}

/// <summary>Runs MediatR's exception actions in the same way.</summary>
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
