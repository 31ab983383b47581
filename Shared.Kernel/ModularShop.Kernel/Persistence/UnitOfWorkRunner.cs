using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>Runs work in a unit of work with its own scope. Its changes and events are committed together.</summary>
internal sealed class UnitOfWorkRunner(Writer writer, IServiceScopeFactory scopes)
{
    /// <summary>Waits for the writer, runs the work, and returns when its changes are on disk.</summary>
    public Task<T> Run<T>(Caller caller, Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken ct) =>
        writer.Run((transaction, token) => RunIn(transaction, caller, work, token), ct);

    /// <summary>Waits for the writer and runs a batch of work, which begins its own units with <see cref="Begin"/>.</summary>
    /// <param name="deadline">How long the work may take; null for the deadline of ordinary units.</param>
    public Task<T> RunBatch<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken ct, TimeSpan? deadline = null) =>
        writer.RunFirst(work, ct, deadline);

    /// <summary>Whether other units wait for the one that is running.</summary>
    public bool HasWaiting => writer.HasWaiting;

    /// <summary>Begins a unit of work with a new scope, as a part of the transaction that is running.</summary>
    public UnitOfWork Begin(WriteTransaction transaction, Caller caller)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<UnitOfWorkScope>().Begin(transaction, caller);
        return new UnitOfWork(scope);
    }

    private async Task<T> RunIn<T>(
        WriteTransaction transaction,
        Caller caller,
        Func<IServiceProvider, CancellationToken, Task<T>> work,
        CancellationToken ct
    )
    {
        await using var unit = Begin(transaction, caller);
        var result = await work(unit.Services, ct);
        await unit.Save(ct);
        return result;
    }
}

/// <summary>A unit of work that has begun. Whoever began it does its work with the services, saves the changes, and disposes of it.</summary>
internal readonly struct UnitOfWork(AsyncServiceScope scope) : IAsyncDisposable
{
    public IServiceProvider Services => scope.ServiceProvider;

    /// <summary>Writes what the work changed in the DbContext. The transaction is committed by the writer, later.</summary>
    public Task Save(CancellationToken ct) => Services.GetRequiredService<ModuleDbContext>().SaveChangesAsync(ct);

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}
