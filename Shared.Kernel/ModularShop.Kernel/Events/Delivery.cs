using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MediatR;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Events;

/// <summary>Hands one event to a module's reactions, within a transaction of the module's writer.</summary>
internal sealed class Delivery(UnitsOfWork unitsOfWork, HandledEvents handled, Upcasters upcasters, ReadCopies copies, ModuleIdentity module)
{
    /// <summary>Makes of an event what its reactions are given. Safe on any thread.</summary>
    public Received Read(Envelope envelope)
    {
        if (handled.Find(envelope.Name) is not { } type)
        {
            return new Received(envelope, Event: null, Unreadable: null);
        }
        try
        {
            return new Received(envelope, upcasters.Read(type, envelope), Unreadable: null);
        }
        catch (UnreadableEventException e)
        {
            return new Received(envelope, Event: null, e);
        }
    }

    /// <summary>
    /// Applies the event in a savepoint. Returns null when it took effect, or why it did not; then nothing of it is left.
    /// Throws only when the whole transaction is lost or the storage failed.
    /// </summary>
    public async Task<Exception?> TryApply(WriteTransaction transaction, Received received, Occasion occasion, CancellationToken ct)
    {
        var savepoint = transaction.Save();
        try
        {
            var failure = await Apply(transaction, received, occasion, ct);
            if (failure is null)
            {
                transaction.Release();
            }
            else
            {
                transaction.RollbackTo(savepoint);
            }
            return failure;
        }
        catch when (transaction.IsOpen)
        {
            transaction.RollbackTo(savepoint);
            throw;
        }
    }

    /// <summary>The same without a savepoint: when it returns why the event did not take effect, the caller rolls back.</summary>
    public async Task<Exception?> Apply(WriteTransaction transaction, Received received, Occasion occasion, CancellationToken ct)
    {
        try
        {
            await Handle(transaction, received, occasion, ct);
            return null;
        }
        catch (Exception e) when (transaction.IsOpen)
        {
            if (SqliteErrors.Translate(e) is StorageException storage)
            {
                throw storage; // The event is innocent.
            }
            // In the words of the dead letter that this may become.
            return e is OperationCanceledException && ct.IsCancellationRequested
                ? new TimeoutException("The reaction was cancelled: it took longer than a unit of work may, or the module was stopping.", e)
                : e;
        }
    }

    private async Task Handle(WriteTransaction transaction, Received received, Occasion occasion, CancellationToken ct)
    {
        var envelope = received.Envelope;
        if (received.Unreadable is not null)
        {
            ExceptionDispatchInfo.Throw(received.Unreadable);
        }
        var integrationEvent = received.Event ?? throw new UnreadableEventException($"No reaction handles '{envelope.Name}' any more.");
        using var activity = KernelMetrics.Activities.StartActivity(
            $"{module.Name} handles {envelope.Name}",
            ActivityKind.Consumer,
            envelope.TraceParent
        );
        await unitsOfWork.RunIn(
            transaction,
            envelope,
            replay: occasion != Occasion.Live,
            async (services, token) =>
            {
                // MediatR's own mediator, which calls handlers; the module's appends to the log.
                var mediator = occasion == Occasion.Rebuild ? new Mediator(services, copies.FillsOnly) : new Mediator(services);
                await mediator.Publish((object)integrationEvent, token);
                return Unit.Value;
            },
            ct
        );
    }
}

/// <summary>An event as it came, with what its reactions are given, or why that cannot be had.</summary>
internal sealed record Received(Envelope Envelope, IntegrationEvent? Event, UnreadableEventException? Unreadable)
{
    /// <summary>Whether the module reacts to events of its name.</summary>
    public bool IsHandled => Event is not null || Unreadable is not null;
}
