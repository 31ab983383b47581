using System.Text.Json.Nodes;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Converts an event that was published in an older version to the next version. A module that reacts to version 3 of an event has an
/// upcaster from 1 and one from 2; the kernel finds them as it finds reactions. An upcaster is a pure function: its constructor has no
/// parameters and passes the version to the base class: <c>internal sealed class ParcelSentFrom1() : Upcaster&lt;ParcelSent&gt;(from:
/// 1)</c>.
/// </summary>
public abstract class Upcaster<TEvent>(int from) : IUpcaster
    where TEvent : IntegrationEvent
{
    EventType IUpcaster.Event => EventType.Of(typeof(TEvent));

    int IUpcaster.From => from;

    /// <summary>
    /// Returns the payload in the next version: the given object, which may be modified, or a new one. If it throws, the event becomes
    /// a dead letter at once and can be retried with a corrected build.
    /// </summary>
    /// <param name="payload">The logged payload, with field names in camel case. A field that was null is absent.</param>
    public abstract JsonObject Upcast(JsonObject payload);
}

/// <summary>An <see cref="Upcaster{TEvent}"/> of any event type.</summary>
internal interface IUpcaster
{
    EventType Event { get; }

    int From { get; }

    JsonObject Upcast(JsonObject payload);
}
