using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

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
    public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct) =>
        Run(Own(), request, next, ct);

    /// <summary>
    /// The same in a unit of work of the request's own. A behaviour may answer although the handler failed, or have it called
    /// again: of an attempt that failed nothing is kept.
    /// </summary>
    public Task<TResponse> HandleInUnit(TRequest request, RequestHandlerDelegate<TResponse> handler, CancellationToken ct)
    {
        var own = Own();
        return own.Any() ? Run(own, request, () => Attempt(handler, ct), ct) : handler();
    }

    // Not before they run: MediatR makes all behaviours of a request in its scope, and a command's run in its unit's.
    private IEnumerable<IPipelineBehavior<TRequest, TResponse>> Own() =>
        services.GetKeyedServices<IPipelineBehavior<TRequest, TResponse>>(OwnBehaviors.Key);

    private static Task<TResponse> Run(
        IEnumerable<IPipelineBehavior<TRequest, TResponse>> own,
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken ct
    )
    {
        foreach (var behavior in own.Reverse())
        {
            var inner = next;
            next = () => behavior.Handle(request, inner, ct);
        }
        return next();
    }

    private async Task<TResponse> Attempt(RequestHandlerDelegate<TResponse> handler, CancellationToken ct)
    {
        var transaction = services.GetRequiredService<UnitOfWorkScope>().Transaction!;
        var db = services.GetRequiredService<ModuleDbContext>();
        // What the behaviours have changed is theirs to keep.
        await db.SaveChangesAsync(ct);
        transaction.Save();
        try
        {
            var response = await handler();
            await db.SaveChangesAsync(ct);
            transaction.Release();
            return response;
        }
        catch (Exception e) when (transaction.IsOpen)
        {
            // Asked before the rollback: afterwards the connection has forgotten what it failed with.
            var ofFile = transaction.Failed(e) as StorageException;
            transaction.RollBack();
            db.ChangeTracker.Clear();
            if (ofFile is not null)
            {
                throw ofFile;
            }
            throw;
        }
    }
}
