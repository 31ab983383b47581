using System.Globalization;

namespace ModularShop.Kernel.Storage;

/// <summary>How decimals are kept in a file: as an integer count of ten-thousandths. For handlers that write SQL themselves.</summary>
public static class ExactDecimal
{
    /// <summary>So many digits fit into any decimal.</summary>
    internal const int AlwaysExact = 28;

    private const decimal Scale = 10_000m;

    /// <summary>The greatest amount that fits into the stored integer.</summary>
    public const decimal Max = long.MaxValue / Scale;

    /// <exception cref="ArgumentException">The amount has more than four decimals: nothing is ever rounded silently.</exception>
    /// <exception cref="OverflowException">The amount is beyond <see cref="Max"/>.</exception>
    public static long ToStored(decimal amount)
    {
        var scaled = amount * Scale;
        return decimal.Truncate(scaled) == scaled
            ? decimal.ToInt64(scaled)
            : throw new ArgumentException($"{amount} has more than four decimals.", nameof(amount));
    }

    public static decimal FromStored(long stored) => stored / Scale;

    /// <summary>Whether the amount can be stored exactly.</summary>
    public static bool Fits(decimal amount) => Math.Abs(amount) <= Max && decimal.Truncate(amount * Scale) == amount * Scale;

    /// <summary>
    /// Reads a number as JSON writes it. False where it is none, or a <see cref="decimal"/> would have to round it: the
    /// framework's own parser makes 0 of 1e-30 and 1 of 0.99... with thirty nines.
    /// </summary>
    public static bool TryParse(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out amount)
        && (
            (text.Length <= AlwaysExact && !text.Contains('e', StringComparison.OrdinalIgnoreCase))
            || Digits(text) == Digits(amount.ToString(CultureInfo.InvariantCulture))
        );

    // The digits that count and the power of ten of the last one, so that two spellings of a number are equal.
    private static (string Digits, long Exponent) Digits(string number)
    {
        var text = number.Trim().TrimStart('+', '-');
        var e = text.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var digits = all.TrimEnd('0');
        // An exponent that is too great for a long is so for a decimal: it was refused, or the number was taken as 0.
        _ = long.TryParse(e < 0 ? "0" : text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent);
        return digits.Length == 0 ? ("", 0) : (digits, exponent - decimals + all.Length - digits.Length);
    }
}
