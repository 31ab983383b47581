using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>Runs work in a unit of work with its own scope. Its changes and events are committed together.</summary>
internal sealed class UnitOfWorkRunner(Writer writer, IServiceScopeFactory scopes)
{
    /// <summary>Waits for the writer, runs the work, and returns when its changes are on disk.</summary>
    public Task<T> Run<T>(Caller caller, Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken ct) =>
        writer.Run((transaction, token) => RunIn(transaction, caller, prepare: null, work, token), ct);

    /// <summary>Waits for the writer and runs a batch of work, which creates its own scopes with <see cref="RunIn"/>.</summary>
    /// <param name="deadline">How long the work may take; null for the deadline of ordinary units.</param>
    public Task<T> RunBatch<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken ct, TimeSpan? deadline = null) =>
        writer.RunFirst(work, ct, deadline);

    /// <summary>Whether other units wait for the one that is running.</summary>
    public bool HasWaiting => writer.HasWaiting;

    /// <summary>Runs the work in a new scope, as a part of the unit that is running.</summary>
    /// <param name="prepare">Sets up services of the scope, besides the transaction, before the work runs; null for none.</param>
    public async Task<T> RunIn<T>(
        WriteTransaction transaction,
        Caller caller,
        Action<IServiceProvider>? prepare,
        Func<IServiceProvider, CancellationToken, Task<T>> work,
        CancellationToken ct
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<UnitOfWorkScope>().Begin(transaction, caller);
        prepare?.Invoke(services);
        var result = await work(services, ct);
        await services.GetRequiredService<ModuleDbContext>().SaveChangesAsync(ct);
        return result;
    }
}
