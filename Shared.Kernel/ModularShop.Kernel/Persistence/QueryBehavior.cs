using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// Runs the handler of a query in a scope of its own, so that its reader is free again before the answer is written and sent.
/// A query sent from within a unit of work joins that one.
/// </summary>
internal sealed class QueryBehavior<TQuery, TResult>(UnitOfWork current, IServiceScopeFactory scopes) : IPipelineBehavior<TQuery, TResult>
    where TQuery : IQuery<TResult>
{
    public async Task<TResult> Handle(TQuery query, RequestHandlerDelegate<TResult> next, CancellationToken ct)
    {
        if (current.Transaction is not null)
        {
            return await next();
        }
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            return await scope.ServiceProvider.GetRequiredService<IRequestHandler<TQuery, TResult>>().Handle(query, ct);
        }
        catch (Exception e) when (Reader.Failure(e, scope.ServiceProvider) is { } failure)
        {
            throw failure;
        }
    }
}
