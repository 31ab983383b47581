using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ModularShop.Kernel;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>The settings of an options class as a Markdown table: names, defaults, ranges and comments.</summary>
internal sealed partial class SettingsTable(Type options, string section)
{
    private readonly XDocument comments = XDocument.Load(Path.ChangeExtension(options.Assembly.Location, ".xml"));

    /// <summary>Settings without what the table and the check at the start need.</summary>
    public IReadOnlyList<string> Violations() => [.. Settings().SelectMany(Violations)];

    public string Markdown() =>
        string.Join(
            '\n',
            [
                "| setting | default | range | what it is |",
                "|---|---|---|---|",
                .. Settings()
                    .Select(setting =>
                        $"| `{setting.Name}` | {Value(setting.Default)} | {Range(setting.Property)} | {Summary(setting.Property)} |"
                    ),
            ]
        );

    private IEnumerable<(string Name, PropertyInfo Property, object Default)> Settings() =>
        from part in options.GetProperties()
        let defaults = part.GetValue(Activator.CreateInstance(options))
        from property in part.PropertyType.GetProperties()
        select ($"{section}:{part.Name}:{property.Name}", property, property.GetValue(defaults)!);

    private IEnumerable<string> Violations((string Name, PropertyInfo Property, object Default) setting)
    {
        var (name, property, value) = setting;
        var range = property.GetCustomAttribute<RangeAttribute>();
        if (!SettingValue.CanCheck(property.PropertyType))
        {
            yield return $"{name}: a {property.PropertyType.Name} is not checked at the start; SettingValue.cs has to learn how.";
        }
        else if (
            range is null
            && property.PropertyType != typeof(bool)
            && property.PropertyType != typeof(string)
            && !property.PropertyType.IsEnum
        )
        {
            yield return $"{name} has no [Range], so that values with which nothing works are accepted: say the least and the greatest one.";
        }
        else if (SettingValue.Problem(SettingsCheck.Text(value), property.PropertyType, range) is { } problem)
        {
            yield return $"{name} is {Value(value)} by default, but {problem}";
        }
        if (Summary(property).Length == 0)
        {
            yield return $"{name} has no <summary>, which says in docs/configuration.md what it is.";
        }
    }

    private static string Value(object value) =>
        value is int or long ? string.Create(CultureInfo.InvariantCulture, $"{value:N0}") : SettingsCheck.Text(value);

    private static string Range(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return "";
        }
        var limits =
            property.PropertyType == typeof(TimeSpan)
                ? $"{range.Minimum} to {range.Maximum}"
                : string.Create(CultureInfo.InvariantCulture, $"{range.Minimum:N0} to {range.Maximum:N0}");
        return property.GetCustomAttribute<AtMostAttribute>() is { } limit ? $"{limits}, at most `{limit.Other}`" : limits;
    }

    private string Summary(PropertyInfo property)
    {
        var member = $"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}";
        var summary = comments.Descendants("member").FirstOrDefault(m => (string?)m.Attribute("name") == member)?.Element("summary");
        return summary is null ? "" : Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
    }

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement element =>
                $"`{((string?)element.Attribute("cref") ?? (string?)element.Attribute("name") ?? element.Value).Split('.')[^1]}`",
            _ => "",
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
