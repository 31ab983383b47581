using System.Reflection;
using MediatR;

namespace ModularShop.Kernel.Events;

/// <summary>The events that a module reacts to, found by its <see cref="INotificationHandler{T}"/>s, by their name on the wire.</summary>
internal sealed class HandledEvents
{
    private readonly Dictionary<string, EventType> byName;

    internal HandledEvents(IEnumerable<EventType> types)
    {
        var byVersion = types.DistinctBy(type => type.Clr).ToLookup(type => type.Name);
        byName = byVersion.ToDictionary(versions => versions.Key, OnlyOne);
        Sources = [.. byName.Values.Select(type => type.Source).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyCollection<EventType> Types => byName.Values;

    /// <summary>The modules that publish them.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <exception cref="InvalidOperationException">The module reacts to an event of its own, or to two versions of one.</exception>
    public static HandledEvents In(Assembly assembly, string module)
    {
        var types = assembly
            .DefinedTypes.Where(type => type is { IsAbstract: false, IsInterface: false })
            .SelectMany(type => type.ImplementedInterfaces)
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(INotificationHandler<>))
            .Select(i => i.GenericTypeArguments[0])
            .Where(type => type.IsSubclassOf(typeof(IntegrationEvent)))
            .Select(EventType.Of)
            .ToList();
        return types.Find(type => type.Source == module) is { } own
            ? throw new InvalidOperationException(
                $"Module '{module}' reacts to its own event '{own.Name}'. Do that work in the unit of work that publishes it."
            )
            : new HandledEvents(types);
    }

    /// <summary>The names of those that one module publishes, sorted.</summary>
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
