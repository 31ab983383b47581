using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MediatR.NotificationPublishers;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Diagnostics;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Events;

/// <summary>Delivers one event to a module's reactions, in a transaction of the module's writer.</summary>
internal sealed class Delivery(
    UnitOfWorkRunner unitsOfWork,
    HandledEvents handled,
    Upcasters upcasters,
    ReadCopies copies,
    HandlerWrappers wrappers,
    ModuleIdentity module
)
{
    private static readonly ForeachAwaitPublisher OneAfterAnother = new();

    private const string Overdue = "The reaction was cancelled: it took longer than a unit of work may, or the module was stopping.";

    /// <summary>The keys of the personal data that the module's reactions get from these events.</summary>
    /// <exception cref="LogClosedException">The log was closed in the meantime.</exception>
    public ValueTask<IReadOnlyDictionary<Guid, byte[]>> KeysFor(IReadOnlyList<Envelope> events, ILogReader log, CancellationToken ct)
    {
        List<Guid>? persons = null;
        foreach (var envelope in events)
        {
            if (SealedData.IsIn(envelope.Payload) && handled.Find(envelope.Name) is not null)
            {
                (persons ??= []).AddRange(SealedData.PersonsIn(envelope.Payload));
            }
        }
        return persons is null ? new(PersonKeys.None) : log.KeysOf([.. persons.Distinct()], ct);
    }

    /// <summary>Deserializes the event for its reactions. Safe on any thread.</summary>
    /// <param name="keys">See <see cref="KeysFor"/>.</param>
    public Received Read(Envelope envelope, IReadOnlyDictionary<Guid, byte[]> keys)
    {
        var type = handled.Find(envelope.Name);
        // If the name itself is damaged, the event may be one that this module handles: it must not be skipped.
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
            return new Received(envelope, upcasters.Read(type, envelope, keys), Unreadable: null);
        }
        catch (Exception e)
        {
            // Contracts contain code, in value types and converters. An exception from it is a failure of this event.
            return new Received(envelope, Event: null, Tellable.Of(e));
        }
    }

    /// <summary>Applies the event, or throws the reason why it had no effect. The caller must then roll its transaction back.</summary>
    /// <exception cref="EventFailedException">The event or its handler failed.</exception>
    /// <exception cref="StorageException">The module's file failed, not the event.</exception>
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
            throw; // Not a failure of the event: a command that the reaction sends must wait for a read copy.
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
        using var activity = StartActivity(envelope);
        await using var unit = unitsOfWork.Begin(transaction, Caller.OfEvent(envelope.Actor));
        unit.Services.GetRequiredService<EventContext>().Begin(envelope, replay: occasion != Occasion.Live);
        // The module's mediator would append the event to the log.
        await wrappers.Publish(integrationEvent, unit.Services, occasion == Occasion.Rebuild ? copies.FillsOnly : OneAfterAnother, ct);
        await unit.Save(ct);
    }

    // Without a listener, not even the activity's name is made.
    private Activity? StartActivity(Envelope envelope) =>
        KernelMetrics.Activities.HasListeners()
            ? KernelMetrics.Activities.StartActivity($"{module.Name} handles {envelope.Name}", ActivityKind.Consumer, envelope.TraceParent)
            : null;
}

/// <summary>An event with its deserialized content, or with the reason why it cannot be read.</summary>
internal sealed record Received(Envelope Envelope, IntegrationEvent? Event, Exception? Unreadable)
{
    /// <summary>Whether the module reacts to events with this name.</summary>
    public bool IsHandled => Event is not null || Unreadable is not null;
}

/// <summary>
/// Rolls back the unit of work in which an event failed. The failure is not the inner exception: the writer must not mistake a storage
/// failure inside it for a failure of the module's own file.
/// </summary>
internal sealed class EventFailedException(Envelope envelope, Exception failure) : Exception(failure.Message)
{
    public Envelope Envelope => envelope;

    public Exception Failure => failure;

    /// <summary>
    /// Finds this exception, directly or as the inner exception that the writer adds when a reaction ended the transaction; null if
    /// there is none.
    /// </summary>
    public static EventFailedException? In(Exception exception) =>
        (exception as EventFailedException) ?? exception.InnerException as EventFailedException;
}
