using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModularShop.Kernel.Persistence;

/// <summary>Throws when a context is saved outside a unit of work, with a message that says what to do instead.</summary>
internal sealed class RefuseToSave : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) => throw Refusal();

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    ) => throw Refusal();

    private static InvalidOperationException Refusal() =>
        new("Outside a unit of work a module only reads. Make the request an ICommand; its changes are saved for it.");
}
