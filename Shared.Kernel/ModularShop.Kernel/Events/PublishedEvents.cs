using System.Reflection;

namespace ModularShop.Kernel.Events;

/// <summary>
/// The events that a module publishes: those whose names begin with its name, in its assembly and the
/// contract assemblies that it references.
/// </summary>
internal static class PublishedEvents
{
    public static IReadOnlyList<string> In(Assembly assembly, string module) =>
        [
            .. assembly
                .GetReferencedAssemblies()
                .Select(Assembly.Load)
                .Where(IsContracts)
                .Append(assembly)
                .SelectMany(contracts => contracts.DefinedTypes)
                .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(IntegrationEvent)))
                .Select(type => EventType.Of(type))
                .Where(type => type.Source == module)
                .Select(type => type.Name)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static bool IsContracts(Assembly assembly) =>
        Array.Exists(assembly.GetReferencedAssemblies(), name => name.Name == typeof(IntegrationEvent).Assembly.GetName().Name);
}
