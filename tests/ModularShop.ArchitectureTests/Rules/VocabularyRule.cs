using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>Words that must not occur in names: business words in the kernel, transports in modules.</summary>
internal static partial class VocabularyRule
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Names that are a forbidden word or contain one, in singular or plural.</summary>
    public static IReadOnlyList<string> Violations(IEnumerable<Type> types, IReadOnlyCollection<string> forbidden) =>
        [
            .. types
                .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)))
                .SelectMany(Names)
                .Where(name => IsForbidden(name.Text, forbidden))
                .Select(name => $"{name.Of}: {name.Text}")
                .Distinct(),
        ];

    private static IEnumerable<(string Of, string Text)> Names(Type type) =>
        Texts(type).Where(text => !text.Contains('<', StringComparison.Ordinal)).Select(text => (type.Name, text));

    private static IEnumerable<string> Texts(Type type) =>
        [
            type.Name,
            .. (type.Namespace ?? "").Split('.').Where(part => part != Shop.Root),
            // The name of an explicit interface implementation begins with the interface's full name.
            .. type.GetMembers(Declared).Select(member => member.Name[(member.Name.LastIndexOf('.') + 1)..]),
            .. type.GetMethods(Declared).SelectMany(method => method.GetParameters()).Select(parameter => parameter.Name ?? ""),
            .. type.GetConstructors(Declared)
                .SelectMany(constructor => constructor.GetParameters())
                .Select(parameter => parameter.Name ?? ""),
        ];

    private static bool IsForbidden(string name, IReadOnlyCollection<string> forbidden) =>
        forbidden.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Word()
            .Matches(name)
            .Select(word => word.Value)
            .Any(word =>
                forbidden.Contains(word, StringComparer.OrdinalIgnoreCase)
                || forbidden.Contains(word.TrimEnd('s'), StringComparer.OrdinalIgnoreCase)
            );

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Word();
}
