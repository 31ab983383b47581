using System.Text.RegularExpressions;

namespace ModularShop.Host.Import;

/// <summary>Reverses changes that spreadsheets and data frames make to codes and numbers, where that loses nothing.</summary>
internal static partial class SpreadsheetText
{
    private const int MaxShown = 50;

    // Invisible characters in cells: a byte order mark and a zero-width space.
    private static readonly char[] Invisible = ['\uFEFF', '\u200B'];

    /// <summary>Removes surrounding blanks and quotes, the <c>="..."</c> of a formula, and the apostrophe that marks a text.</summary>
    public static string Clean(string field)
    {
        if (field.Length > 0 && char.IsAsciiLetterOrDigit(field[0]) && char.IsAsciiLetterOrDigit(field[^1]))
        {
            return field; // The usual case.
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

    /// <summary>Cleans an integer, and removes decimals that are all zero: 536365.0 becomes 536365.</summary>
    public static string CleanNumber(string field)
    {
        var text = Clean(field);
        return text.Contains('.', StringComparison.Ordinal) && ZeroDecimals().IsMatch(text)
            ? text[..text.IndexOf('.', StringComparison.Ordinal)]
            : text;
    }

    public static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether it is a number in scientific notation that may have lost digits, such as 5.36E+05.</summary>
    public static bool IsScientific(string text) => text.Contains('e', StringComparison.OrdinalIgnoreCase) && Scientific().IsMatch(text);

    /// <summary>A field for a message: on one line, and shortened.</summary>
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
