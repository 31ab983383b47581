using Microsoft.Extensions.DependencyInjection;

namespace ModularShop.Kernel.Persistence;

/// <summary>Runs work in a scope of its own, in a unit of work: its changes and events are committed together.</summary>
internal sealed class UnitOfWorkRunner(Writer writer, IServiceScopeFactory scopes)
{
    /// <summary>Queues for the writer and returns when the work is on disk.</summary>
    public Task<T> Run<T>(Caller caller, Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken ct) =>
        writer.Run((transaction, token) => RunIn(transaction, caller, prepare: null, work, token), ct);

    /// <summary>Queues for the writer; the work may be much, and makes its own scopes with <see cref="RunIn"/>.</summary>
    /// <param name="deadline">How long it may take; null for as long as any unit.</param>
    public Task<T> RunBatch<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken ct, TimeSpan? deadline = null) =>
        writer.RunFirst(work, ct, deadline);

    /// <summary>Whether others wait for the unit that is running.</summary>
    public bool HasWaiting => writer.HasWaiting;

    /// <summary>Runs the work in a scope of its own, as a part of the unit that is running.</summary>
    /// <param name="prepare">Gives the scope what the work finds there beside the transaction.</param>
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
