using System.Reflection;
using System.Runtime.Loader;

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
                .Select(AssemblyLoadContext.GetLoadContext(assembly)!.LoadFromAssemblyName)
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

    /// <summary>Checks the events in the module's own contracts: one with the prefix of another module could never be published.</summary>
    /// <exception cref="InvalidOperationException">An event is not named after the module.</exception>
    public static void CheckNames(Assembly assembly, string module)
    {
        var own = $"{assembly.GetName().Name}.Contracts";
        if (Array.Find(assembly.GetReferencedAssemblies(), reference => reference.Name == own) is { } contracts)
        {
            CheckNames(AssemblyLoadContext.GetLoadContext(assembly)!.LoadFromAssemblyName(contracts).DefinedTypes, module);
        }
    }

    /// <exception cref="InvalidOperationException">An event is not named after the module.</exception>
    public static void CheckNames(IEnumerable<Type> contracts, string module)
    {
        var events = contracts.Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(IntegrationEvent))).Select(EventType.Of);
        if (events.FirstOrDefault(type => type.Source != module) is { } wrong)
        {
            var right = module + wrong.Name[wrong.Source.Length..];
            throw new InvalidOperationException(
                $"{wrong.Clr.Name} is named '{wrong.Name}', so module '{module}' could not publish it: the name of an event begins with "
                    + $"the name of its module. Write [EventName(\"{right}\", version: {wrong.Version})]."
            );
        }
    }

    private static bool IsContracts(Assembly assembly) =>
        Array.Exists(assembly.GetReferencedAssemblies(), name => name.Name == typeof(IntegrationEvent).Assembly.GetName().Name);
}
