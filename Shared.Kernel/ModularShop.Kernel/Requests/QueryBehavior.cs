using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Runs the handler of a query in its own scope, so that the reader is free again before the answer is sent, and in one read
/// transaction, so that all statements see the same snapshot. A query that is sent from a unit of work or from another query joins that
/// one.
/// </summary>
internal sealed class QueryBehavior<TQuery, TResult>(UnitOfWorkScope current, RequestScope outer, IServiceScopeFactory scopes)
    : IPipelineBehavior<TQuery, TResult>
    where TQuery : IQuery<TResult>
{
    public async Task<TResult> Handle(TQuery query, RequestHandlerDelegate<TResult> next, CancellationToken ct)
    {
        if (current.Transaction is not null || current.IsQuery)
        {
            return await next();
        }
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        try
        {
            services.GetRequiredService<RequestScope>().Request = outer.Request;
            services.GetRequiredService<UnitOfWorkScope>().BeginQuery(services.GetRequiredService<Reader>());
            return await new OwnBehaviors<TQuery, TResult>(services).Handle(
                query,
                () => services.GetRequiredService<IRequestHandler<TQuery, TResult>>().Handle(query, ct),
                ct
            );
        }
        catch (Exception e) when (Reader.Failure(e, services) is { } failure)
        {
            throw failure;
        }
    }
}
