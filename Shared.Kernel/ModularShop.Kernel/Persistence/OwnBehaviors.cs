using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>The behaviours that a module itself registers.</summary>
internal static class OwnBehaviors
{
    /// <summary>They are registered under this key, so that they are made only where they run.</summary>
    public const string Key = "own";
}

/// <summary>
/// Runs the behaviours that the module itself has registered around the handler, from the scope that the handler comes from:
/// for a command within its unit of work, for a query within its scope.
/// </summary>
internal sealed class OwnBehaviors<TRequest, TResponse>(IServiceProvider services) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    private readonly IEnumerable<IPipelineBehavior<TRequest, TResponse>> behaviors = services.GetKeyedServices<
        IPipelineBehavior<TRequest, TResponse>
    >(OwnBehaviors.Key);

    public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct)
    {
        foreach (var behavior in behaviors.Reverse())
        {
            var inner = next;
            next = () => behavior.Handle(request, inner, ct);
        }
        return next();
    }

    /// <summary>
    /// The same in a unit of work of the request's own. A behaviour may answer although the handler failed, or have it called
    /// again: of an attempt that failed nothing is kept.
    /// </summary>
    public Task<TResponse> HandleInUnit(TRequest request, RequestHandlerDelegate<TResponse> handler, CancellationToken ct) =>
        behaviors.Any() ? Handle(request, () => Attempt(handler, ct), ct) : handler();

    private async Task<TResponse> Attempt(RequestHandlerDelegate<TResponse> handler, CancellationToken ct)
    {
        var transaction = services.GetRequiredService<UnitOfWork>().Transaction!;
        var db = services.GetRequiredService<ModuleDbContext>();
        // What the behaviours have changed is theirs to keep.
        await db.SaveChangesAsync(ct);
        var savepoint = transaction.Save();
        try
        {
            var response = await handler();
            await db.SaveChangesAsync(ct);
            transaction.Release();
            return response;
        }
        catch when (transaction.IsOpen)
        {
            transaction.RollbackTo(savepoint);
            db.ChangeTracker.Clear();
            throw;
        }
    }
}
