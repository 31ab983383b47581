using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ModularShop.Kernel;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// Contracts contain only event records and the plain value records in them, and an event's name begins with its module.
/// </summary>
internal static class ContractRule
{
    private static readonly Type[] PlainTypes =
    [
        typeof(string),
        typeof(decimal),
        typeof(Guid),
        typeof(DateTimeOffset),
        typeof(DateOnly),
        typeof(TimeOnly),
        typeof(TimeSpan),
    ];

    public static IReadOnlyList<string> Violations(IEnumerable<Type> types, string module)
    {
        var all = types.Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute))).ToHashSet();
        return [.. all.SelectMany(type => Violations(type, all, module))];
    }

    private static IEnumerable<string> Violations(Type type, HashSet<Type> contracts, string module)
    {
        if (type.IsEnum)
        {
            yield break;
        }
        if (!IsRecord(type) || type is { IsValueType: false, IsSealed: false })
        {
            yield return $"{type.Name} is no sealed record";
            yield break;
        }
        if (type.IsSubclassOf(typeof(IntegrationEvent)))
        {
            foreach (var violation in Naming(type, module))
            {
                yield return violation;
            }
        }
        foreach (var property in type.GetProperties().Where(property => !IsKey(property.GetMethod!)))
        {
            if (!IsPlain(property.PropertyType, contracts))
            {
                yield return $"{type.Name}.{property.Name} is a {property.PropertyType.Name}, which is no plain value";
            }
        }
        foreach (var method in Behaviour(type))
        {
            yield return $"{type.Name}.{method.Name} is behaviour";
        }
    }

    private static IEnumerable<string> Naming(Type type, string module)
    {
        var prefix = JsonNamingPolicy.KebabCaseLower.ConvertName(module) + ".";
        var name = type.GetCustomAttribute<EventNameAttribute>();
        if (name is null)
        {
            var words = JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name);
            yield return $"{type.Name} has no [EventName]: write [EventName(\"{prefix}{words}\", version: 1)]";
        }
        else if (!name.Name.StartsWith(prefix, StringComparison.Ordinal))
        {
            var right = prefix + name.Name[(name.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            yield return $"{type.Name} is named {name.Name}: write [EventName(\"{right}\", version: {name.Version})]";
        }
    }

    // Members that the compiler generates for a record, and the key, are not behaviour.
    private static IEnumerable<MethodInfo> Behaviour(Type type) =>
        type.GetMethods(
                BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
            )
            .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !IsKey(method));

    private static bool IsKey(MethodInfo method) =>
        method.Name == $"get_{nameof(IntegrationEvent.Key)}" && method.GetBaseDefinition().DeclaringType == typeof(IntegrationEvent);

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null);

    private static bool IsPlain(Type type, HashSet<Type> contracts) =>
        type.IsPrimitive
        || type.IsEnum
        || PlainTypes.Contains(type)
        || contracts.Contains(type)
        || (Nullable.GetUnderlyingType(type) is { } underlying && IsPlain(underlying, contracts))
        || (
            type.IsGenericType
            && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            && IsPlain(type.GenericTypeArguments[0], contracts)
        );
}
