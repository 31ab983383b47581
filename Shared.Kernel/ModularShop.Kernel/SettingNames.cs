using Microsoft.Extensions.Configuration;

namespace ModularShop.Kernel;

/// <summary>Finds misspelled names of settings, which would otherwise be ignored silently.</summary>
public static class SettingNames
{
    private const int LettersPerMistake = 4;

    /// <summary>The most similar name; null if none is similar.</summary>
    public static string? Nearest(string written, IEnumerable<string> names)
    {
        var (name, distance) = names
            .Select(name => (Name: name, Distance: Distance(written.ToLowerInvariant(), name.ToLowerInvariant())))
            .DefaultIfEmpty((Name: "", Distance: int.MaxValue))
            .MinBy(candidate => candidate.Distance);
        return distance <= Math.Max(2, name.Length / 3) && distance < Math.Max(name.Length, written.Length) ? name : null;
    }

    /// <summary>
    /// Names at the top level of the configuration that look like misspelled names of a section, for example <c>Kernel_Http_Threads</c>
    /// or <c>Kernal:Http</c>.
    /// </summary>
    /// <param name="groups">
    /// The groups of the section. Variables of other programs may begin with the same word, for example <c>KERNEL_VERSION</c>.
    /// </param>
    internal static IEnumerable<string> Astray(IConfiguration configuration, string section, IReadOnlyCollection<string> groups)
    {
        foreach (var key in configuration.GetChildren().Select(child => child.Key))
        {
            if (IsAstray(key, section, groups))
            {
                yield return $"{key} is no setting: names of settings are separated by ':', and by two underscores in the environment "
                    + $"({section}__Http__Threads).";
            }
            else if (
                !key.Equals(section, StringComparison.OrdinalIgnoreCase)
                && Distance(key.ToLowerInvariant(), section.ToLowerInvariant()) <= 2
                && configuration.GetSection(key).GetChildren().Any()
            )
            {
                yield return $"There is no group of settings {key}. Did you mean {section}?";
            }
        }
    }

    private static bool IsAstray(string key, string section, IReadOnlyCollection<string> groups)
    {
        if (
            !key.StartsWith($"{section}_", StringComparison.OrdinalIgnoreCase)
            && !key.StartsWith($"{section}.", StringComparison.OrdinalIgnoreCase)
        )
        {
            return false;
        }
        var rest = key[(section.Length + 1)..];
        var first = rest.Split('_', '.')[0].ToLowerInvariant();
        return groups.Any(group =>
            rest.StartsWith(group, StringComparison.OrdinalIgnoreCase)
            || Distance(first, group.ToLowerInvariant()) <= group.Length / LettersPerMistake
        );
    }

    // The Damerau-Levenshtein distance: omitted, added, replaced or swapped letters.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }
        return table[a.Length, b.Length];
    }
}
