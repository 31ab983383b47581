using System.Text.RegularExpressions;

namespace ModularShop.Host.Import;

/// <summary>Undoes what spreadsheets and data frames do to codes and numbers, where nothing can be lost by it.</summary>
internal static partial class SpreadsheetText
{
    private const int MaxShown = 50;

    // Invisible characters that a cell may carry along: a byte order mark, a space of no width.
    private static readonly char[] Invisible = ['\uFEFF', '\u200B'];

    /// <summary>Without blanks and quotes around it, the <c>="..."</c> of a formula, and the apostrophe that marks a text.</summary>
    public static string Clean(string field)
    {
        if (field.Length > 0 && char.IsAsciiLetterOrDigit(field[0]) && char.IsAsciiLetterOrDigit(field[^1]))
        {
            return field; // As nearly all are.
        }
        var text = field.Trim().Trim(Invisible).Trim();
        if (text.Length > 1 && text[0] == '=' && IsQuoted(text.AsSpan(1)))
        {
            text = text[1..];
        }
        while (IsQuoted(text))
        {
            text = text[1..^1].Trim();
        }
        return text.Length > 1 && text[0] == '\'' ? text[1..].Trim() : text;
    }

    /// <summary>The same of a whole number, without decimals that are all zero: 536365 of 536365.0.</summary>
    public static string CleanNumber(string field)
    {
        var text = Clean(field);
        return text.Contains('.', StringComparison.Ordinal) && ZeroDecimals().IsMatch(text)
            ? text[..text.IndexOf('.', StringComparison.Ordinal)]
            : text;
    }

    public static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether it was a number that has lost digits, as 5.36E+05 has.</summary>
    public static bool IsScientific(string text) => text.Contains('e', StringComparison.OrdinalIgnoreCase) && Scientific().IsMatch(text);

    /// <summary>A field as a message shows it: on one line, and not too long.</summary>
    public static string Shown(string field, int max = MaxShown)
    {
        var line = string.Concat(field.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return line.Length <= max ? line : $"{line[..max]}...";
    }

    private static bool IsQuoted(ReadOnlySpan<char> text) =>
        text.Length > 1 && (text[0], text[^1]) is ('"', '"') or ('\'', '\'') or ('\u2018', '\u2019') or ('\u201C', '\u201D');

    [GeneratedRegex(@"^[+-]?[0-9]+\.0+\z")]
    private static partial Regex ZeroDecimals();

    [GeneratedRegex(@"^[+-]?([0-9]+\.[0-9]*[eE][+-]?|[0-9]+[eE][+-])[0-9]+\z")]
    private static partial Regex Scientific();
}
