using System.Collections.Concurrent;
using System.Reflection;

namespace ModularShop.Kernel.Events;

/// <summary>An event's CLR type and its name on the wire.</summary>
internal sealed record EventType(Type Clr, string Name, int Version, string Source)
{
    /// <summary>Null when the event contains no personal data.</summary>
    public PersonalFields? Personal { get; } = PersonalFields.Of(Clr);

    /// <exception cref="InvalidOperationException">The type has no usable <see cref="EventNameAttribute"/>.</exception>
    public static EventType Of(Type clr)
    {
        var name =
            clr.GetCustomAttribute<EventNameAttribute>()
            ?? throw new InvalidOperationException($"{clr} needs an [EventName(\"module.what-happened\", version: 1)].");
        var dot = name.Name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && name.Version > 0
            ? new EventType(clr, name.Name, name.Version, name.Name[..dot])
            : throw new InvalidOperationException(
                $"{clr} is named '{name.Name}' version {name.Version}; a name reads 'module.what-happened', a version is 1 or more."
            );
    }
}

/// <summary>The types of the events that a module publishes. Each is looked up once.</summary>
internal sealed class EventTypes
{
    private readonly ConcurrentDictionary<Type, EventType> known = new();

    /// <exception cref="InvalidOperationException">The type has no usable <see cref="EventNameAttribute"/>.</exception>
    public EventType Of(Type clr) => known.GetOrAdd(clr, EventType.Of);
}
