using System.Text.Json.Serialization;
using MediatR;

namespace ModularShop.Kernel;

/// <summary>
/// A fact that a module publishes for other modules. Derive a sealed record with an <see cref="EventNameAttribute"/>. Subscribers
/// always receive a deserialized copy, so an event contains plain values only.
/// </summary>
public abstract record IntegrationEvent : INotification
{
    /// <summary>
    /// The subject of the event; never empty. A subscriber receives the events with the same key in order. While one of them is a dead
    /// letter, the later ones with the same key wait behind it.
    /// </summary>
    [JsonIgnore]
    public abstract string Key { get; }
}
