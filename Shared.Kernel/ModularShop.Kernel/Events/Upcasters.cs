using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModularShop.Kernel.Events;

/// <summary>
/// Reads events in the version that the module knows: older ones pass through its <see cref="Upcaster{TEvent}"/>s. There must be one
/// for every step from version 1 on.
/// </summary>
internal sealed class Upcasters
{
    private readonly Dictionary<(string Name, int From), IUpcaster> steps;

    private readonly EventSerializer serializer;

    private Upcasters(Dictionary<(string Name, int From), IUpcaster> steps, EventSerializer serializer)
    {
        this.steps = steps;
        this.serializer = serializer;
    }

    /// <exception cref="InvalidOperationException">
    /// A step is missing or exists twice, or leads to a version that the module does not handle.
    /// </exception>
    public static Upcasters In(Assembly assembly, HandledEvents handled, EventSerializer serializer) =>
        Of(assembly.DefinedTypes, handled.Types, serializer);

    public static Upcasters Of(IEnumerable<Type> types, IReadOnlyCollection<EventType> handled, EventSerializer serializer)
    {
        var found = types
            .Where(type =>
                type is { IsAbstract: false, IsInterface: false, IsGenericTypeDefinition: false } && type.IsAssignableTo(typeof(IUpcaster))
            )
            .Select(Create)
            .ToLookup(upcaster => (upcaster.Event.Name, upcaster.From));
        string[] problems = [.. Useless(found, handled), .. Missing(found, handled)];
        return problems.Length == 0
            ? new Upcasters(found.ToDictionary(step => step.Key, step => step.Single()), serializer)
            : throw new InvalidOperationException(string.Join(' ', problems));
    }

    /// <exception cref="UnreadableEventException">
    /// The event is newer than the module knows, or does not have the expected shape.
    /// </exception>
    /// <param name="type">The event in the version that the module knows.</param>
    /// <param name="keys">The keys of the personal data in the event. Without a key, the data is read as null.</param>
    public IntegrationEvent Read(EventType type, Envelope envelope, IReadOnlyDictionary<Guid, byte[]> keys)
    {
        if (envelope.Version > type.Version)
        {
            throw new UnreadableEventException(
                $"'{envelope.Name}' has version {envelope.Version}; this build knows version {type.Version}. Upgrade the subscriber, then retry."
            );
        }
        try
        {
            return envelope.Version == type.Version && !SealedData.IsIn(envelope.Payload)
                ? serializer.Deserialize(type, envelope.Payload)
                : serializer.Deserialize(type, Upcast(type, envelope, keys));
        }
        catch (JsonException e)
        {
            throw new UnreadableEventException(
                $"'{envelope.Name}' of version {envelope.Version} has not the shape of version {type.Version}: {e.Message}",
                e
            );
        }
    }

    private JsonObject Upcast(EventType type, Envelope envelope, IReadOnlyDictionary<Guid, byte[]> keys)
    {
        var payload = JsonNode.Parse(envelope.Payload) as JsonObject ?? throw new JsonException("It is no object.");
        SealedData.Open(payload, keys, envelope.Name);
        for (var version = envelope.Version; version < type.Version; version++)
        {
            if (!steps.TryGetValue((type.Name, version), out var step))
            {
                throw new UnreadableEventException($"Nothing brings '{type.Name}' from version {version} to {version + 1}.");
            }
            try
            {
                payload = step.Upcast(payload) ?? throw new InvalidOperationException("It returned null.");
            }
            catch (Exception e)
            {
                throw new UnreadableEventException(
                    $"{step.GetType().Name} could not bring '{type.Name}' from version {version} to {version + 1}: {e.Message}",
                    e
                );
            }
        }
        return payload;
    }

    private static IUpcaster Create(Type type) =>
        type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, Type.EmptyTypes)?.Invoke(null)
            as IUpcaster
        ?? throw new InvalidOperationException($"{type.Name} is an upcaster, a pure function: its constructor takes no parameters.");

    private static IEnumerable<string> Useless(ILookup<(string Name, int From), IUpcaster> found, IReadOnlyCollection<EventType> handled)
    {
        foreach (var step in found)
        {
            var names = string.Join(" and ", step.Select(upcaster => upcaster.GetType().Name));
            var known = handled.FirstOrDefault(type => type.Name == step.Key.Name);
            if (step.Count() > 1)
            {
                yield return $"{names} bring '{step.Key.Name}' from version {step.Key.From}. Keep one of them.";
            }
            else if (known is null)
            {
                yield return $"{names} is for '{step.Key.Name}', to which nothing here reacts. Remove it.";
            }
            else if (step.Key.From < 1 || step.Key.From >= known.Version)
            {
                yield return $"{names} is from version {step.Key.From} of '{step.Key.Name}', which has version {known.Version} now.";
            }
        }
    }

    private static IEnumerable<string> Missing(ILookup<(string Name, int From), IUpcaster> found, IReadOnlyCollection<EventType> handled) =>
        from type in handled
        from version in Enumerable.Range(1, type.Version - 1)
        where !found.Contains((type.Name, version))
        select $"Nothing brings '{type.Name}' from version {version} to {version + 1}, which logs may still hold. "
            + $"Add an Upcaster<{type.Clr.Name}>(from: {version}).";
}
