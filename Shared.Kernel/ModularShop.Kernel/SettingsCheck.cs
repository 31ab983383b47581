using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ModularShop.Kernel;

/// <summary>Compares a section of the configuration with the options that it is bound to, and reports everything that is wrong.</summary>
internal static class SettingsCheck
{
    /// <summary>Unknown names, and values that cannot be read or are out of range.</summary>
    public static IEnumerable<string> Problems(IConfigurationSection section, Type options) =>
        section.GetChildren().SelectMany(setting => Problems(setting, options.GetProperties(), section.Path));

    /// <summary>Values that are valid on their own but contradict each other.</summary>
    public static IEnumerable<string> Contradictions(object options, string path)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            if (IsGroup(property.PropertyType))
            {
                foreach (var problem in Contradictions(property.GetValue(options)!, $"{path}:{property.Name}"))
                {
                    yield return problem;
                }
            }
            if (
                property.GetCustomAttribute<AtMostAttribute>()?.Other is { } name
                && property.GetValue(options) is IComparable value
                && options.GetType().GetProperty(name)!.GetValue(options) is { } other
                && value.CompareTo(other) > 0
            )
            {
                yield return $"{path}:{property.Name} is {Text(value)}, which is more than {path}:{name}, {Text(other)}.";
            }
        }
    }

    /// <summary>Whether the type is a group of settings and not the value of one.</summary>
    public static bool IsGroup(Type type) => type.IsClass && type != typeof(string);

    /// <summary>A value in the notation of the configuration.</summary>
    public static string Text(object value) =>
        value switch
        {
            TimeSpan duration => SettingValue.Text(duration),
            long or int => string.Create(CultureInfo.InvariantCulture, $"{value}"),
            _ => $"{value}",
        };

    private static IEnumerable<string> Problems(IConfigurationSection setting, PropertyInfo[] properties, string path)
    {
        var property = Array.Find(properties, property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
        if (property is null)
        {
            var known = properties.Select(property => property.Name).ToList();
            return SettingNames.Nearest(setting.Key, known) is { } near
                ? [$"There is no setting {setting.Path}. Did you mean {path}:{near}?"]
                : [$"There is no setting {setting.Path}. In {path} there are: {string.Join(", ", known)}."];
        }
        if (IsGroup(property.PropertyType))
        {
            return string.IsNullOrEmpty(setting.Value)
                ? Problems(setting, property.PropertyType)
                : [$"{setting.Path} is '{setting.Value}', but it is a group of settings and has no value of its own."];
        }
        if (setting.GetChildren().Any())
        {
            return [$"{setting.Path} is a list or a group, but it is one setting and has one value."];
        }
        return SettingValue.Problem(setting.Value, property.PropertyType, property.GetCustomAttribute<RangeAttribute>()) is { } problem
            ? [$"{setting.Path} is '{setting.Value}'; {problem}"]
            : [];
    }
}
