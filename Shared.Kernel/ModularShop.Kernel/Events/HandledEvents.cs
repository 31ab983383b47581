using System.Reflection;
using MediatR;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The events that a module reacts to, by their name on the wire. They are found by its <see cref="INotificationHandler{T}"/>s.
/// </summary>
internal sealed class HandledEvents
{
    private readonly Dictionary<string, EventType> byName;

    internal HandledEvents(IEnumerable<(Type Reaction, EventType Event)> reactions)
    {
        Reactions = [.. reactions];
        var byVersion = Reactions.Select(r => r.Event).DistinctBy(type => type.Clr).ToLookup(type => type.Name);
        byName = byVersion.ToDictionary(versions => versions.Key, OnlyOne);
        Sources = [.. byName.Values.Select(type => type.Source).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyCollection<EventType> Types => byName.Values;

    /// <summary>The reactions, each with every event that it handles.</summary>
    public IReadOnlyList<(Type Reaction, EventType Event)> Reactions { get; }

    /// <summary>The modules that publish these events.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <exception cref="InvalidOperationException">The module reacts to an event of its own, or to two versions of one event.</exception>
    public static HandledEvents In(Assembly assembly, string module)
    {
        var reactions = assembly
            .DefinedTypes.Where(type => type is { IsAbstract: false, IsInterface: false })
            .SelectMany(type => type.ImplementedInterfaces.Select(i => (Type: type, Interface: i)))
            .Where(r => r.Interface.IsGenericType && r.Interface.GetGenericTypeDefinition() == typeof(INotificationHandler<>))
            .Select(r => (Reaction: r.Type.AsType(), Event: r.Interface.GenericTypeArguments[0]))
            .Where(r => r.Event.IsSubclassOf(typeof(IntegrationEvent)))
            .Select(r => (r.Reaction, Event: EventType.Of(r.Event)))
            .ToList();
        return reactions.Find(r => r.Event.Source == module).Event is { } own
            ? throw new InvalidOperationException(
                $"Module '{module}' reacts to its own event '{own.Name}'. Do that work in the unit of work that publishes it."
            )
            : new HandledEvents(reactions);
    }

    /// <summary>The names of the handled events that one module publishes, sorted.</summary>
    public IReadOnlyList<string> NamesFrom(string source) =>
        [.. byName.Values.Where(type => type.Source == source).Select(type => type.Name).Order(StringComparer.Ordinal)];

    public EventType? Find(string name) => byName.GetValueOrDefault(name);

    private static EventType OnlyOne(IGrouping<string, EventType> versions) =>
        versions.Count() == 1
            ? versions.Single()
            : throw new InvalidOperationException(
                $"'{versions.Key}' is handled as {string.Join(" and as ", versions.Select(type => type.Clr.Name))}. "
                    + "React to the newest version; upcasters bring the older ones there."
            );
}
