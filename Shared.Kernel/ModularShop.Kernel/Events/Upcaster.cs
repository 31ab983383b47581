using System.Text.Json.Nodes;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Brings an event that was published in an older version one version further. Whoever reacts to version 3 of an event
/// has an upcaster from 1 and one from 2 beside the reaction; the kernel finds them as it finds reactions. An upcaster
/// is a pure function, so it has no constructor parameters but passes its version on:
/// <c>internal sealed class ParcelSentFrom1() : Upcaster&lt;ParcelSent&gt;(from: 1)</c>.
/// </summary>
public abstract class Upcaster<TEvent>(int from) : IUpcaster
    where TEvent : IntegrationEvent
{
    EventType IUpcaster.Event => EventType.Of(typeof(TEvent));

    int IUpcaster.From => from;

    /// <summary>
    /// Returns the payload in the next version: the one it was given, which it may change, or another. One that throws
    /// makes the event a dead letter at once, to be retried with a build that does better.
    /// </summary>
    /// <param name="payload">What stands in the log, field by field in camel case; a field that was null is not there.</param>
    public abstract JsonObject Upcast(JsonObject payload);
}

/// <summary>An <see cref="Upcaster{TEvent}"/> of whichever event.</summary>
internal interface IUpcaster
{
    EventType Event { get; }

    int From { get; }

    JsonObject Upcast(JsonObject payload);
}
