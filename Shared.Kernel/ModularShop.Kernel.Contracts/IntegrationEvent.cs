using System.Text.Json.Serialization;
using MediatR;

namespace ModularShop.Kernel;

/// <summary>
/// A fact that a module publishes for others. Derive a sealed record that carries an <see cref="EventNameAttribute"/>.
/// Subscribers always receive a deserialised copy, so an event holds plain values only.
/// </summary>
public abstract record IntegrationEvent : INotification
{
    /// <summary>
    /// What the event is about, never empty. Events of one key reach a subscriber in order even across a dead letter:
    /// while one of them is dead, later ones of the same key wait behind it.
    /// </summary>
    [JsonIgnore]
    public abstract string Key { get; }
}
