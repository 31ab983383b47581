using System.Diagnostics;
using MediatR;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Hands one event to a module's reactions, within a transaction of the module's writer.</summary>
internal sealed class Delivery(UnitsOfWork unitsOfWork, HandledEvents handled, Upcasters upcasters, ModuleIdentity module)
{
    /// <summary>
    /// Applies the event in a savepoint. Returns null when it took effect, or why it did not; then nothing of it is left.
    /// Throws only when the whole transaction is lost or the storage failed.
    /// </summary>
    public async Task<Exception?> TryApply(WriteTransaction transaction, Envelope envelope, bool replay, CancellationToken ct)
    {
        var savepoint = transaction.Save();
        try
        {
            await Apply(transaction, envelope, replay, ct);
            transaction.Release();
            return null;
        }
        catch (Exception e) when (transaction.IsOpen)
        {
            transaction.RollbackTo(savepoint);
            if (SqliteErrors.Translate(e) is StorageException storage)
            {
                throw storage; // The event is innocent.
            }
            return e;
        }
    }

    private async Task Apply(WriteTransaction transaction, Envelope envelope, bool replay, CancellationToken ct)
    {
        var type = handled.Find(envelope.Name) ?? throw new UnreadableEventException($"No reaction handles '{envelope.Name}' any more.");
        var integrationEvent = upcasters.Read(type, envelope);
        using var activity = KernelMetrics.Activities.StartActivity(
            $"{module.Name} handles {envelope.Name}",
            ActivityKind.Consumer,
            envelope.TraceParent
        );
        await unitsOfWork.RunIn(
            transaction,
            envelope,
            replay,
            async (services, token) =>
            {
                // MediatR's own mediator, which calls handlers; the module's appends to the log.
                await new Mediator(services).Publish((object)integrationEvent, token);
                return Unit.Value;
            },
            ct
        );
    }
}
