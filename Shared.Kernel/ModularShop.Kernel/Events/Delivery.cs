using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>Hands one event to a module's reactions, within a transaction of the module's writer.</summary>
internal sealed class Delivery(
    UnitOfWorkRunner unitsOfWork,
    HandledEvents handled,
    Upcasters upcasters,
    ReadCopies copies,
    ModuleIdentity module
)
{
    private const string Overdue = "The reaction was cancelled: it took longer than a unit of work may, or the module was stopping.";

    /// <summary>Makes of an event what its reactions are given. Safe on any thread.</summary>
    public Received Read(Envelope envelope)
    {
        var type = handled.Find(envelope.Name);
        // One whose name is damaged may be for this module or not.
        if (envelope.Damage is { } damage && (type is not null || damage.IsOf("name")))
        {
            return new Received(
                envelope,
                Event: null,
                new UnreadableEventException($"Its row in the log of '{envelope.Source}' is damaged: {damage}")
            );
        }
        if (type is null)
        {
            return new Received(envelope, Event: null, Unreadable: null);
        }
        try
        {
            return new Received(envelope, upcasters.Read(type, envelope), Unreadable: null);
        }
        catch (Exception e)
        {
            // Contracts have code too, in value types and converters; whatever it throws belongs to this event.
            return new Received(envelope, Event: null, Tellable.Of(e));
        }
    }

    /// <summary>
    /// Applies the event, and throws why it did not take effect; whatever that is. The caller's transaction is to be rolled back then.
    /// </summary>
    /// <exception cref="EventFailedException">It is the event's own failure.</exception>
    /// <exception cref="StorageException">The module's file failed, and not the event.</exception>
    public async Task Apply(WriteTransaction transaction, Received received, Occasion occasion, CancellationToken ct)
    {
        Exception? failure;
        try
        {
            await Handle(transaction, received, occasion, ct);
            failure = transaction.Objection;
        }
        catch (CopyNotCurrentException)
        {
            throw; // Not the event's failure: a command that it sends has to wait for a read copy.
        }
        catch (Exception e)
        {
            failure =
                transaction.Failed(e) is StorageException { Database: not null } ofFile ? ofFile
                : IsOverdue(e, ct) ? new TimeoutException(Overdue, e)
                : transaction.IsOpen ? e
                : new InvalidOperationException("The reaction ended the transaction that it ran in.", e);
        }
        if (failure is StorageException { Database: not null })
        {
            throw failure;
        }
        if (failure is not null)
        {
            throw new EventFailedException(received.Envelope, Tellable.Of(failure));
        }
    }

    private static bool IsOverdue(Exception exception, CancellationToken ct) =>
        ct.IsCancellationRequested && (exception is OperationCanceledException || SqliteErrors.IsInterrupted(exception));

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
            Caller.OfEvent(envelope.Actor),
            services => services.GetRequiredService<EventContext>().Begin(envelope, replay: occasion != Occasion.Live),
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
internal sealed record Received(Envelope Envelope, IntegrationEvent? Event, Exception? Unreadable)
{
    /// <summary>Whether the module reacts to events of its name.</summary>
    public bool IsHandled => Event is not null || Unreadable is not null;
}

/// <summary>
/// Rolls a unit of work back in which an event failed. The failure is not its cause, so that it stays what it is to the
/// writer: none of the file's.
/// </summary>
internal sealed class EventFailedException(Envelope envelope, Exception failure) : Exception(failure.Message)
{
    public Envelope Envelope => envelope;

    public Exception Failure => failure;

    /// <summary>It itself, or within what the writer makes of it when the reaction ended the transaction; null if it is neither.</summary>
    public static EventFailedException? In(Exception exception) =>
        (exception as EventFailedException) ?? exception.InnerException as EventFailedException;
}
