using MediatR;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// Requests and their answers contain no classes of the module's domain: whoever changes the domain would change what clients send and
/// see without noticing. An enum of the domain is allowed.
/// </summary>
internal static class WireRule
{
    public static IReadOnlyList<string> Violations(IEnumerable<Type> types) =>
        [.. types.Where(IsOnTheWire).SelectMany(Parts).Distinct().Where(IsOfDomain).Select(type => $"{type.Name} is on the wire").Order()];

    // The body of a request that also has values from its address is not the command itself.
    private static bool IsOnTheWire(Type type) => type.IsAssignableTo(typeof(IBaseRequest)) || type.Name == "Body";

    private static bool IsOfDomain(Type type) =>
        type.Namespace!.EndsWith(".Domain", StringComparison.Ordinal) && type is { IsEnum: false, IsArray: false };

    // The type, its answer, and the types of their properties, as far as they belong to the same assembly.
    private static HashSet<Type> Parts(Type root)
    {
        var parts = new HashSet<Type>();
        var open = new Stack<Type>([root, .. root.GetInterfaces().SelectMany(type => type.GetGenericArguments())]);
        while (open.TryPop(out var type))
        {
            foreach (var argument in type.GetGenericArguments().Append(type.GetElementType()).OfType<Type>())
            {
                open.Push(argument);
            }
            if (type.Assembly == root.Assembly && parts.Add(type))
            {
                foreach (var property in type.GetProperties())
                {
                    open.Push(property.PropertyType);
                }
            }
        }
        return parts;
    }
}
