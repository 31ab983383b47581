using System.Globalization;

namespace ModularShop.Kernel.Storage;

/// <summary>How files store decimals: as an integer number of ten-thousandths. For handlers that write SQL themselves.</summary>
public static class ExactDecimal
{
    /// <summary>A decimal holds any number of this many digits exactly; a longer one may be rounded.</summary>
    internal const int AlwaysExact = 28;

    private const decimal Scale = 10_000m;

    /// <summary>The greatest amount whose stored integer fits into 64 bits.</summary>
    public const decimal Max = long.MaxValue / Scale;

    /// <exception cref="ArgumentException">The amount has more than four decimals: amounts are never rounded silently.</exception>
    /// <exception cref="OverflowException">The amount is greater than <see cref="Max"/>.</exception>
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
    /// Reads a number in JSON notation. Returns false if it is not a number, or if a <see cref="decimal"/> would have to round it: the
    /// framework's parser reads 1e-30 as 0, and 0.99... with thirty nines as 1.
    /// </summary>
    public static bool TryParse(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out amount)
        && (
            (text.Length <= AlwaysExact && !text.Contains('e', StringComparison.OrdinalIgnoreCase))
            || Digits(text) == Digits(amount.ToString(CultureInfo.InvariantCulture))
        );

    // Numbers are compared by their significant digits and the power of ten of the last one: 1.0 equals 1.
    private static (string Digits, long Exponent) Digits(string number)
    {
        var text = number.Trim().TrimStart('+', '-');
        var e = text.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var digits = all.TrimEnd('0');
        // An exponent that does not fit into a long does not fit into a decimal either: TryParse has refused it, or has read the number
        // as 0.
        _ = long.TryParse(e < 0 ? "0" : text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent);
        return digits.Length == 0 ? ("", 0) : (digits, exponent - decimals + all.Length - digits.Length);
    }
}
