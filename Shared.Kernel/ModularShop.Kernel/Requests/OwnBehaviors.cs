using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Requests;

/// <summary>The pipeline behaviours that a module itself registers.</summary>
internal static class OwnBehaviors
{
    /// <summary>The key under which they are registered, so that they are created only where they run.</summary>
    public const string Key = "own";
}

/// <summary>
/// Runs the module's own behaviours around the handler, in the handler's scope: for a command within its unit of work, for a query
/// within its scope.
/// </summary>
internal sealed class OwnBehaviors<TRequest, TResponse>(IServiceProvider services) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct) =>
        Run(Own(), request, next, ct);

    /// <summary>
    /// Runs the behaviours in the request's unit of work. A behaviour may answer after the handler has failed, or call it again: the
    /// changes of a failed attempt are undone.
    /// </summary>
    public Task<TResponse> HandleInUnit(TRequest request, RequestHandlerDelegate<TResponse> handler, CancellationToken ct)
    {
        var own = Own();
        return own.Any() ? Run(own, request, () => Attempt(handler, ct), ct) : handler();
    }

    // Resolved when they run: MediatR creates all behaviours in the request's scope, but those of a command belong to the scope of its
    // unit.
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
        // Changes that the behaviours made before the handler are kept.
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
            // Determined before the rollback, which clears the connection's last error.
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
